//! An aggregate of the tests: an account, whose deposits were once counted in whole units and are now in cents.

use domain::{Aggregate, Command, DecodeError, DomainEvent, EventName};
use event_store::StreamId;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

/// `STATE` is the version of the state's shape: two of them are two builds of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account<const STATE: i16 = 1> {
    pub(crate) cents: i64,
    pub(crate) deposits: i64,
    pub(crate) closed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AccountEvent {
    Deposited { cents: i64 },
    Closed,
}

const DEPOSITED: EventName = EventName { name: "account.deposited", version: 2 };
const CLOSED: EventName = EventName { name: "account.closed", version: 1 };

/// As version 1 was shipped.
#[derive(Deserialize)]
struct DepositedV1 {
    amount: i64,
}

#[derive(Serialize, Deserialize)]
struct DepositedV2 {
    cents: i64,
}

impl DomainEvent for AccountEvent {
    fn name(&self) -> EventName {
        match self {
            Self::Deposited { .. } => DEPOSITED,
            Self::Closed => CLOSED,
        }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Deposited { cents } => to_raw_value(&DepositedV2 { cents: *cents }),
            Self::Closed => to_raw_value(&serde_json::json!({})),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = || DecodeError::malformed(name, version);
        match (name, version) {
            ("account.deposited", 1) => {
                let DepositedV1 { amount } = serde_json::from_str(payload.get()).map_err(malformed())?;
                Ok(Self::Deposited { cents: amount * 100 })
            }
            ("account.deposited", 2) => {
                let DepositedV2 { cents } = serde_json::from_str(payload.get()).map_err(malformed())?;
                Ok(Self::Deposited { cents })
            }
            ("account.closed", 1) => Ok(Self::Closed),
            _ => Err(DecodeError::unknown(name, version)),
        }
    }
}

impl<const STATE: i16> Aggregate for Account<STATE> {
    type Event = AccountEvent;

    const CATEGORY: &'static str = "account";
    const STATE_VERSION: i16 = STATE;

    fn apply(self, event: &AccountEvent) -> Self {
        match event {
            AccountEvent::Deposited { cents } => {
                Self { cents: self.cents + cents, deposits: self.deposits + 1, ..self }
            }
            AccountEvent::Closed => Self { closed: true, ..self },
        }
    }
}

/// In so many equal events; none changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Deposit<const STATE: i16 = 1> {
    pub(crate) cents: i64,
    pub(crate) times: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Close;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account is closed")]
pub(crate) struct IsClosed;

impl<const STATE: i16> Command for Deposit<STATE> {
    type Aggregate = Account<STATE>;
    type Refusal = IsClosed;

    fn decide(self, state: &Account<STATE>) -> Result<Vec<AccountEvent>, IsClosed> {
        if state.closed {
            return Err(IsClosed);
        }
        Ok(vec![AccountEvent::Deposited { cents: self.cents }; self.times])
    }
}

impl Command for Close {
    type Aggregate = Account;
    type Refusal = IsClosed;

    fn decide(self, state: &Account) -> Result<Vec<AccountEvent>, IsClosed> {
        if state.closed { Err(IsClosed) } else { Ok(vec![AccountEvent::Closed]) }
    }
}

pub(crate) fn account() -> StreamId {
    StreamId::new(Account::<1>::CATEGORY, Uuid::now_v7())
}

pub(crate) fn deposit(cents: i64) -> Deposit {
    Deposit { cents, times: 1 }
}
