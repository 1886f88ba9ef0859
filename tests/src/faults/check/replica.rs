//! A client's copy of what it follows: what the protocol lets it conclude, and what it has to object to.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Violations;

/// What a subscriber follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// `users/me` of this user.
    Me(Uuid),
    /// `users`.
    All,
}

/// What was asked or told on a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The subscriber asks, on a new connection or on the same one; `after` is where it wants to go on.
    Asked {
        after: Option<i64>,
    },
    Snapshot {
        items: Vec<Item>,
        position: i64,
        last: bool,
    },
    Subscribed {
        resumed: bool,
        position: i64,
    },
    Changed {
        previous: i64,
        position: i64,
        item: Item,
        removed: bool,
    },
    /// The connection broke, or the server ended the subscription.
    Ended,
}

/// A record as it was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub key: Uuid,
    pub version: i64,
    pub name: Option<String>,
}

/// A client's copy of what it follows, as the protocol says to keep it.
#[derive(Clone, Debug)]
pub struct Replica {
    topic: Topic,
    records: BTreeMap<Uuid, Item>,
    /// Everything up to here has been seen; `None` before the first snapshot.
    position: Option<i64>,
    arriving: Option<BTreeMap<Uuid, Item>>,
    asked: Option<i64>,
    live: bool,
}

impl Replica {
    pub fn new(topic: Topic) -> Self {
        Self { topic, records: BTreeMap::new(), position: None, arriving: None, asked: None, live: false }
    }

    pub fn position(&self) -> Option<i64> {
        self.position
    }

    /// The version of every record.
    pub fn versions(&self) -> BTreeMap<Uuid, i64> {
        self.records.iter().map(|(key, item)| (*key, item.version)).collect()
    }

    /// Takes in what was said; returns what is wrong with it.
    pub fn take(&mut self, line: &Line) -> Violations {
        match line {
            Line::Asked { after } => {
                (self.asked, self.arriving, self.live) = (*after, None, false);
                vec![]
            }
            Line::Snapshot { items, position, last } => self.take_snapshot(items, *position, *last),
            Line::Subscribed { resumed, position } => self.begin(*resumed, *position),
            Line::Changed { previous, position, item, removed } => self.change(*previous, *position, item, *removed),
            Line::Ended => {
                (self.arriving, self.live) = (None, false);
                vec![]
            }
        }
    }

    fn take_snapshot(&mut self, items: &[Item], position: i64, last: bool) -> Violations {
        let violations = items.iter().flat_map(|item| self.judge(item)).collect();
        let arriving = self.arriving.get_or_insert_default();
        arriving.extend(items.iter().map(|item| (item.key, item.clone())));
        if last {
            self.records = self.arriving.take().unwrap_or_default();
            self.position = Some(position);
        }
        violations
    }

    fn begin(&mut self, resumed: bool, position: i64) -> Violations {
        self.live = true;
        let expected = if resumed { self.asked } else { self.position };
        if expected == Some(position) {
            return vec![];
        }
        vec![format!("began at {position} instead of {expected:?} (resumed: {resumed})")]
    }

    fn change(&mut self, previous: i64, position: i64, item: &Item, removed: bool) -> Violations {
        let mut violations = self.judge(item);
        if !self.live {
            violations.push(format!("{position} came before the subscription began"));
        }
        if Some(previous) != self.position {
            violations.push(format!("{position} follows {previous}, but {:?} was the last", self.position));
        }
        if position < previous {
            violations.push(format!("went back from {previous} to {position}"));
        }
        self.position = Some(position);
        if removed {
            self.records.remove(&item.key);
        } else {
            self.records.insert(item.key, item.clone());
        }
        violations
    }

    fn judge(&self, item: &Item) -> Violations {
        let Item { key, version, .. } = item;
        let mut violations = vec![];
        if matches!(self.topic, Topic::Me(own) if own != *key) {
            violations.push(format!("{key} is none of the subscriber's business"));
        }
        if let Some(known) = self.records.get(key).filter(|known| known.version > *version) {
            violations.push(format!("{key} went back from version {} to {version}", known.version));
        }
        violations
    }
}
