//! What the clients of a run asked and were told.

use uuid::Uuid;

/// A made-up person; everything about them follows from the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person(pub usize);

impl Person {
    pub fn email(self) -> String {
        format!("person{}@example.test", self.0)
    }

    pub fn password(self) -> String {
        format!("the secret of person {}", self.0)
    }

    pub fn first_name(self) -> String {
        format!("Person {}", self.0)
    }
}

/// One thing that a client wanted, however often it had to ask.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The `Idempotency-Key` of every attempt and, as `X-Request-Id`, the correlation id of the events that came of it.
    pub op_id: Uuid,
    pub person: Person,
    pub request: Request,
    /// When the first attempt was sent, in microseconds since the run began.
    pub invoke: u64,
    /// When the last answer came.
    pub complete: u64,
    pub outcome: Outcome,
    pub attempts: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Of the person's address, whether it is taken or not: the answer is the same.
    Register,
    /// With a password that is refused.
    RegisterBadly,
    Rename {
        name: String,
        /// The version that the client has seen (`If-Match`).
        expected: Option<i64>,
    },
    /// With a name that is refused.
    RenameBadly,
    SignIn,
    /// With a wrong password.
    SignInBadly,
    /// What the client knows to be there when it asks.
    Read {
        seen: Option<Seen>,
    },
    /// By the operator, beside the API.
    MakeAdmin,
}

/// How far a client has seen its own writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub version: i64,
    pub position: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok(Answer),
    /// Refused with this status: nothing was done.
    Fail(u16),
    /// Nobody knows: no answer, a broken one, or a server error. Asked again with the same key.
    Info(String),
}

/// What a positive answer said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub version: Option<i64>,
    pub position: Option<i64>,
    pub name: Option<String>,
}

impl Request {
    /// For reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::RegisterBadly => "register badly",
            Self::Rename { expected: None, .. } => "rename",
            Self::Rename { expected: Some(_), .. } => "rename if unchanged",
            Self::RenameBadly => "rename badly",
            Self::SignIn => "sign in",
            Self::SignInBadly => "sign in badly",
            Self::Read { .. } => "read",
            Self::MakeAdmin => "make admin",
        }
    }

    /// Event types of which exactly one comes of this when it succeeds; empty for what writes nothing.
    pub fn causes(&self) -> &'static [&'static str] {
        match self {
            Self::Register => &["user.registered", "user.registration_repeated"],
            Self::Rename { .. } => &["user.profile_changed"],
            Self::MakeAdmin => &["user.role_granted"],
            Self::SignIn => &["user.signed_in"],
            Self::RegisterBadly | Self::RenameBadly | Self::SignInBadly | Self::Read { .. } => &[],
        }
    }

    /// Whether each attempt may have had its effect, since the answer is a secret that is not kept for a repeat.
    pub fn repeats(&self) -> bool {
        *self == Self::SignIn
    }
}

impl Operation {
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Ok(answer) => Some(answer),
            Outcome::Fail(_) | Outcome::Info(_) => None,
        }
    }
}
