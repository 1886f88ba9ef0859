//! The messages of `tidemark.v1`, as docs/live.md and docs/live.yaml describe them.

use std::{borrow::Cow, fmt};

use actix_ws::{CloseCode, CloseReason};
use domain::expressions::{ExpressionError, Position};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The WebSocket subprotocol.
pub(crate) const SUBPROTOCOL: &str = "tidemark.v1";
/// The largest message that a client may send, in bytes.
pub(crate) const MAX_FRAME: usize = 16 * 1024;
/// Subscriptions of one connection.
pub(crate) const MAX_SUBSCRIPTIONS: usize = 64;
/// Ids are numbers that every JSON implementation holds exactly (RFC 8259, section 6).
const MAX_ID: u64 = (1 << 53) - 1;

/// What a client asks.
#[derive(Deserialize)]
#[serde(tag = "t", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Request {
    Auth {
        id: u64,
        token: String,
    },
    Sub {
        id: u64,
        topic: String,
        filter: Option<String>,
        state: Option<Value>,
        after: Option<String>,
        epoch: Option<String>,
    },
    State {
        id: u64,
        state: Value,
    },
    Unsub {
        id: u64,
    },
    Pong {},
}

impl Request {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let request: Self = serde_json::from_str(text)
            .map_err(|_| Refusal::new(None, ErrorCode::Malformed, "not a message of this protocol"))?;
        match &request {
            Self::Auth { id, .. } | Self::Sub { id, .. } | Self::State { id, .. } | Self::Unsub { id }
                if *id > MAX_ID =>
            {
                Err(Refusal::new(None, ErrorCode::Malformed, "the id is too large"))
            }
            Self::Auth { .. } | Self::Sub { .. } | Self::State { .. } | Self::Unsub { .. } | Self::Pong {} => {
                Ok(request)
            }
        }
    }
}

/// Why a request was not done, for the client.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The request's id, where it could be read.
    pub(crate) id: Option<u64>,
    pub(crate) code: ErrorCode,
    pub(crate) detail: Cow<'static, str>,
    /// What is wrong with the filter, if that is it.
    pub(crate) filter: Option<FilterProblem>,
}

/// What is wrong with a filter, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FilterProblem {
    /// As docs/expressions.md has them.
    pub(crate) code: &'static str,
    /// Both count from 1.
    pub(crate) line: usize,
    pub(crate) column: usize,
    #[serde(skip)]
    detail: String,
}

impl Refusal {
    pub(crate) fn new(id: impl Into<Option<u64>>, code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { id: id.into(), code, detail: detail.into(), filter: None }
    }

    /// Of a filter that makes no sense.
    pub(crate) fn of_filter(id: u64, problem: FilterProblem) -> Self {
        let detail = problem.detail.clone();
        Self { filter: Some(problem), ..Self::new(id, ErrorCode::InvalidFilter, detail) }
    }
}

impl From<ExpressionError> for FilterProblem {
    fn from(error: ExpressionError) -> Self {
        let Position { line, column } = error.position;
        Self { code: error.problem.code(), line, column, detail: error.to_string() }
    }
}

/// Stable names of what can go wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    /// Not a message of this protocol.
    Malformed,
    /// Sign in first.
    Unauthenticated,
    TokenExpired,
    InvalidToken,
    UnknownTopic,
    Forbidden,
    /// The topic takes no filter, or not this one.
    InvalidFilter,
    /// The topic takes no state, or none that is so large.
    InvalidState,
    /// The room has no place for another member, or there are too many rooms.
    RoomFull,
    TooManySubscriptions,
    /// A subscription with this id is open.
    DuplicateId,
    /// A server that is needed does not answer.
    Unavailable,
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // As clients see it.
        self.serialize(formatter)
    }
}

impl ErrorCode {
    /// Whether the same request may succeed later.
    fn retry(self) -> bool {
        match self {
            Self::Unavailable | Self::RoomFull => true,
            Self::Malformed
            | Self::Unauthenticated
            | Self::TokenExpired
            | Self::InvalidToken
            | Self::UnknownTopic
            | Self::Forbidden
            | Self::InvalidFilter
            | Self::InvalidState
            | Self::TooManySubscriptions
            | Self::DuplicateId => false,
        }
    }
}

/// Why a subscription was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResetReason {
    /// Positions mean something else from now on.
    Epoch,
    /// The subscription could not be kept or begun in time.
    Expired,
    /// The client reads more slowly than records change.
    Slow,
    /// The client may not see this any more.
    Revoked,
}

impl ResetReason {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Expired => "expired",
            Self::Slow => "slow",
            Self::Revoked => "revoked",
        }
    }

    /// Whether subscribing again makes sense.
    fn retry(self) -> bool {
        match self {
            Self::Epoch | Self::Expired | Self::Slow => true,
            Self::Revoked => false,
        }
    }
}

/// How a subscription begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// The client got everything.
    Snapshot,
    /// The client gets what it has missed.
    Resumed,
}

/// Why the server closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// The client wished it.
    Normal,
    /// Not signed in, in time or any more.
    Unauthenticated,
    /// Another person's token, or the person is suspended or gone.
    Forbidden,
    /// Does not read, or does not answer pings.
    Slow,
    /// Sends too much.
    RateExceeded,
    TooBig,
    /// Breaks RFC 6455.
    ProtocolError,
    /// Text only.
    Unsupported,
    /// The process ends; another one takes over.
    Restart,
    /// The process ends, and there was nothing to take over.
    GoingAway,
}

impl Closing {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::Unauthenticated => 4401,
            Self::Forbidden => 4403,
            Self::Slow => 4408,
            Self::RateExceeded => 4429,
            Self::TooBig => 1009,
            Self::ProtocolError => 1002,
            Self::Unsupported => 1003,
            Self::Restart => 1012,
            Self::GoingAway => 1001,
        }
    }

    pub(crate) fn reason(self, description: &str) -> CloseReason {
        CloseReason { code: CloseCode::from(self.code()), description: Some(description.to_owned()) }
    }
}

/// What the server says beside changes.
#[derive(Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub(crate) enum Frame<'a> {
    Ready {
        id: u64,
        conn: Uuid,
        ping: u64,
        exp: i64,
        limits: Limits,
    },
    Subbed {
        id: u64,
        mode: Mode,
        pos: String,
        epoch: &'a str,
    },
    Reset {
        id: u64,
        why: ResetReason,
        retry: bool,
    },
    Err {
        id: Option<u64>,
        code: ErrorCode,
        retry: bool,
        detail: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<FilterProblem>,
    },
    Ping {},
}

#[derive(Serialize)]
pub(crate) struct Limits {
    pub(crate) subs: usize,
    pub(crate) frame: usize,
}

impl Frame<'_> {
    pub(crate) fn reset(id: u64, why: ResetReason) -> Self {
        Self::Reset { id, why, retry: why.retry() }
    }

    pub(crate) fn encode(&self) -> String {
        // Holds nothing that could fail to be serialised.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<Refusal> for Frame<'static> {
    fn from(Refusal { id, code, detail, filter }: Refusal) -> Self {
        Self::Err { id, code, retry: code.retry(), detail, filter }
    }
}

/// What a change is preceded by on one subscription; the rest is the same for everybody (see [`super::Rendered`]).
pub(crate) struct ChangePrefix<'a> {
    pub(crate) id: u64,
    /// A topic's name, which has no characters that JSON escapes.
    pub(crate) topic: &'a str,
    pub(crate) prev: i64,
    pub(crate) pos: i64,
    pub(crate) removed: bool,
}

impl fmt::Display for ChangePrefix<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, topic, prev, pos, removed } = self;
        let op = if *removed { "remove" } else { "upsert" };
        write!(formatter, r#"{{"t":"chg","id":{id},"topic":"{topic}","prev":"{prev}","pos":"{pos}","op":"{op}","#)
    }
}
