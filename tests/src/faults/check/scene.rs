//! A small run without faults, into which tests seed the bugs that the checkers have to catch.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Logged,
    effects::{JobSeen, job_for},
    mails::MailSeen,
};
use crate::faults::history::{Answer, Operation, Outcome, Person, Request, Seen};

#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    pub(super) history: Vec<Operation>,
    pub(super) log: Vec<Logged>,
    pub(super) jobs: Vec<JobSeen>,
    pub(super) mails: Vec<MailSeen>,
}

impl Scene {
    /// Three people register and change their names in turn; the events at places 3 to 6 are changes of name.
    pub(super) fn busy() -> Self {
        let mut scene = Self::default();
        let people = [Person(0), Person(1), Person(2)];
        people.into_iter().for_each(|person| scene.register(person));
        for (place, person) in [0, 1, 0, 1].into_iter().enumerate() {
            scene.rename(people[person], &format!("name {place}"));
        }
        scene.register(people[0]);
        scene.write(people[2], Request::MakeAdmin, "user.role_granted", json!({"role": "admin"}));
        scene.sign_in(people[0], 1, 1);
        scene.ask(people[1], Request::RenameBadly, Outcome::Fail(422));
        let read = Answer { version: Some(3), position: Some(9), name: Some("name 3".to_owned()) };
        let seen = Some(Seen { version: 3, position: 7 });
        scene.ask(people[1], Request::Read { seen }, Outcome::Ok(read));
        // Last, so that the places above stay as they are; what counts is the cause.
        let registered: Vec<_> = scene.log.iter().filter(|event| event.event_type == "user.registered").collect();
        let causes: Vec<_> = people.into_iter().zip(registered.iter().map(|event| event.cause)).collect();
        for (person, cause) in causes {
            scene.record(person, cause, "user.verification_requested", json!({}));
        }
        scene
    }

    /// A sign-in that was tried so often, and written so often.
    pub(super) fn sign_in(&mut self, person: Person, attempts: u32, written: u32) {
        let op_id = self.ask(person, Request::SignIn, Outcome::Ok(Answer::default()));
        if let Some(operation) = self.history.last_mut() {
            operation.attempts = attempts;
        }
        (0..written).for_each(|_| self.record(person, Some(op_id), "user.signed_in", json!({})));
    }

    pub(super) fn register(&mut self, person: Person) {
        if self.log.iter().any(|event| event.stream == stream(person)) {
            return self.write(person, Request::Register, "user.registration_repeated", json!({}));
        }
        let Person(number) = person;
        let payload = json!({
            "email": format!("sealed-{number}"), "password_hash": "sealed", "display_name": "sealed", "locale": "en",
        });
        self.write(person, Request::Register, "user.registered", payload);
    }

    pub(super) fn rename(&mut self, person: Person, name: &str) {
        let request = Request::Rename { name: name.to_owned(), expected: None };
        let payload = json!({"display_name": format!("sealed {name}"), "locale": "de"});
        self.write(person, request, "user.profile_changed", payload);
    }

    pub(super) fn ask(&mut self, person: Person, request: Request, outcome: Outcome) -> Uuid {
        let at = self.history.len() as u64 * 10;
        let op_id = Uuid::from_u128(u128::from(at) + 1_000);
        self.history.push(Operation { op_id, person, request, invoke: at, complete: at + 5, outcome, attempts: 1 });
        op_id
    }

    fn write(&mut self, person: Person, request: Request, event_type: &str, payload: Value) {
        let (position, version) = self.next(person);
        let answer = match &request {
            Request::Rename { name, .. } => {
                Answer { version: Some(version), position: Some(position), name: Some(name.clone()) }
            }
            _ => Answer::default(),
        };
        let cause = self.ask(person, request, Outcome::Ok(answer));
        self.record(person, Some(cause), event_type, payload);
    }

    /// The next position, and the version that the person's stream has then.
    fn next(&self, person: Person) -> (i64, i64) {
        let of_stream = self.log.iter().filter(|event| event.stream == stream(person));
        (self.log.len() as i64 + 1, of_stream.count() as i64 + 1)
    }

    fn record(&mut self, person: Person, cause: Option<Uuid>, event_type: &str, mut payload: Value) {
        let (position, version) = self.next(person);
        let recorded_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(position);
        payload["at"] = json!(recorded_at);
        let event = Logged {
            position,
            event_id: Uuid::from_u128(position as u128),
            stream: stream(person),
            version,
            event_type: event_type.to_owned(),
            cause,
            payload,
            recorded_at,
        };
        self.mail(person, &event);
        self.log.push(event);
    }

    fn mail(&mut self, person: Person, event: &Logged) {
        let Some(kind) = job_for(&event.event_type) else { return };
        let key = event.event_id.to_string();
        let message_id = format!("{}.{key}@localhost", kind.trim_start_matches("email."));
        self.mails.push(MailSeen { message_id, to: vec![person.email()], raw: b"welcome".to_vec() });
        self.jobs.push(JobSeen { kind: kind.to_owned(), key: Some(key), state: "completed".to_owned() });
    }
}

pub(super) fn user(person: Person) -> Uuid {
    Uuid::from_u128(person.0 as u128 + 1)
}

fn stream(person: Person) -> String {
    format!("user-{}", user(person))
}
