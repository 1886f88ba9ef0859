//! The given/when/then harness in which decisions are tested.

use std::fmt::Debug;

use crate::{Aggregate, Command};

/// Starts a test from the events that have happened.
pub fn given<A: Aggregate>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    Given { state: events.into_iter().fold(A::default(), |state, event| state.apply(&event)) }
}

/// An aggregate in the state that a test starts from.
#[derive(Debug)]
pub struct Given<A> {
    state: A,
}

impl<A: Aggregate> Given<A> {
    pub fn when<C: Command<Aggregate = A>>(self, command: C) -> Outcome<C> {
        Outcome { result: command.decide(&self.state) }
    }
}

/// What a command decided.
#[derive(Debug)]
pub struct Outcome<C: Command> {
    result: Result<Vec<<C::Aggregate as Aggregate>::Event>, C::Refusal>,
}

impl<C: Command> Outcome<C>
where
    <C::Aggregate as Aggregate>::Event: PartialEq,
    C::Refusal: PartialEq,
{
    /// # Panics
    /// When the command was refused or decided other events.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = <C::Aggregate as Aggregate>::Event>) {
        assert_eq!(self.result, Ok(expected.into_iter().collect()));
    }

    /// # Panics
    /// When the command was not refused for this reason.
    #[track_caller]
    pub fn then_refused(self, expected: C::Refusal) {
        assert_eq!(self.result, Err(expected));
    }
}
