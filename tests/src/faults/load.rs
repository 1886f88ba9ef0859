//! What the clients of a run share: who is there, and what was asked and answered.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use uuid::Uuid;

use super::{
    cluster::Apis,
    history::{Answer, Operation, Outcome, Person, Request, Seen},
};

#[derive(Debug)]
pub(super) struct Load {
    pub(super) apis: Apis,
    began: Instant,
    /// At most this many people are registered.
    most_people: usize,
    history: Mutex<Vec<Operation>>,
    people: Mutex<People>,
}

#[derive(Debug, Default)]
struct People {
    /// The number of the next one to register.
    next: usize,
    signed_in: Vec<Account>,
}

/// What the clients know of somebody who has signed in.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) person: Person,
    pub(super) token: String,
    pub(super) seen: Option<Seen>,
}

impl Load {
    pub(super) fn new(apis: Apis, most_people: usize) -> Arc<Self> {
        let (history, people) = (Mutex::default(), Mutex::default());
        Arc::new(Self { apis, began: Instant::now(), most_people, history, people })
    }

    pub(super) fn history(&self) -> Vec<Operation> {
        lock(&self.history).clone()
    }

    pub(super) fn record(&self, operation: Operation) {
        lock(&self.history).push(operation);
    }

    /// Records something that was done beside the API.
    pub(super) fn note(&self, op_id: Uuid, person: Person, request: Request) {
        let now = self.now();
        let outcome = Outcome::Ok(Answer::default());
        self.record(Operation { op_id, person, request, invoke: now, complete: now, outcome, attempts: 1 });
    }

    /// Microseconds since the run began.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).expect("a run ends within some thousand years")
    }

    /// Somebody who has not registered yet, while there is room.
    pub(super) fn newcomer(&self) -> Option<Person> {
        let mut people = lock(&self.people);
        if people.next >= self.most_people {
            return None;
        }
        people.next += 1;
        Some(Person(people.next - 1))
    }

    pub(super) fn account(&self, person: Person) -> Option<Account> {
        lock(&self.people).signed_in.iter().find(|account| account.person == person).cloned()
    }

    /// One of those who have signed in; `choose` picks a place among that many.
    pub(super) fn somebody(&self, choose: impl FnOnce(usize) -> usize) -> Option<Account> {
        let people = lock(&self.people);
        let count = people.signed_in.len();
        if count == 0 { None } else { people.signed_in.get(choose(count)).cloned() }
    }

    pub(super) fn signed_in(&self, person: Person, token: String) {
        let mut people = lock(&self.people);
        match people.signed_in.iter_mut().find(|account| account.person == person) {
            Some(account) => account.token = token,
            None => people.signed_in.push(Account { person, token, seen: None }),
        }
    }

    /// Somebody has seen their account at a version.
    pub(super) fn has_seen(&self, person: Person, seen: Seen) {
        let mut people = lock(&self.people);
        let account = people.signed_in.iter_mut().find(|account| account.person == person);
        if let Some(account) = account.filter(|account| account.seen.is_none_or(|known| known.version < seen.version)) {
            account.seen = Some(seen);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
