//! Records by chance: of the declared types, of others, null and missing.

use chrono::{DateTime, Utc};
use domain::expressions::{Kind, Type};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{IN_DATA, dice::Dice};

/// A row, and what it is in memory.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) data: Value,
    pub(super) label: Option<String>,
    pub(super) version: i64,
    pub(super) ratio: Option<f64>,
    pub(super) hidden: Option<bool>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) owner: Option<Uuid>,
}

impl Row {
    pub(super) fn by(dice: &mut Dice) -> Self {
        let mut data = Map::new();
        for (name, field_type) in IN_DATA {
            if dice.percent(85) {
                let value = field(dice, field_type);
                match name.split_once('.') {
                    None => data.insert(name.to_owned(), value),
                    Some((outer, _)) if dice.percent(10) => data.insert(outer.to_owned(), value),
                    Some((outer, inner)) => data.insert(outer.to_owned(), json!({ inner: value })),
                };
            }
        }
        let present = |dice: &mut Dice| dice.percent(80);
        Self {
            data: Value::Object(data),
            label: present(dice).then(|| dice.text()),
            version: dice.integer(),
            ratio: present(dice).then(|| dice.number()),
            hidden: present(dice).then(|| dice.percent(50)),
            created_at: dice.moment().parse().unwrap(),
            owner: present(dice).then(|| dice.id()),
        }
    }

    /// Its content with what it has in columns, as JSON.
    pub(super) fn in_memory(&self, content: &Value) -> Map<String, Value> {
        let mut record = content.as_object().unwrap().clone();
        let columns = json!({
            "label": self.label,
            "version": self.version,
            "ratio": self.ratio,
            "hidden": self.hidden,
            "created_at": domain::expressions::canonical_timestamp(self.created_at),
            "owner": self.owner,
        });
        record.extend(columns.as_object().unwrap().clone());
        record
    }
}

fn field(dice: &mut Dice, field_type: Type) -> Value {
    match (dice.below(10), field_type) {
        (0, _) => Value::Null,
        (1, _) => anything(dice),
        (_, Type::One(kind)) => scalar(dice, kind),
        (_, Type::ManyOf(kind)) => {
            (0..dice.below(4)).map(|_| if dice.percent(85) { scalar(dice, kind) } else { anything(dice) }).collect()
        }
    }
}

fn scalar(dice: &mut Dice, kind: Kind) -> Value {
    match kind {
        Kind::String => json!(dice.text()),
        // A whole number may be written as a double, and a number as an integer.
        Kind::Integer if dice.percent(20) => json!(dice.number()),
        Kind::Integer => json!(dice.integer()),
        Kind::Number if dice.percent(20) => json!(dice.integer()),
        Kind::Number => json!(dice.number()),
        Kind::Boolean => json!(dice.percent(50)),
        Kind::Timestamp => json!(dice.moment()),
        Kind::Id => json!(dice.id()),
    }
}

fn anything(dice: &mut Dice) -> Value {
    match dice.below(9) {
        0 => Value::Null,
        1 => json!({ "city": dice.text() }),
        2 => json!([dice.text(), dice.integer(), null]),
        3 => json!([[dice.text()], dice.number()]),
        4 => json!("2026-11-25T12:00:00+00:00"),
        5 => json!(u64::MAX - u64::try_from(dice.below(2)).unwrap()),
        6 => json!(dice.id().to_string().to_uppercase()),
        _ => {
            let kind = dice.one_of(&[Kind::String, Kind::Integer, Kind::Number, Kind::Boolean, Kind::Timestamp]);
            scalar(dice, kind)
        }
    }
}
