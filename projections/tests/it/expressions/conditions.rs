//! Expressions by chance, as text: most are well typed, since their parts are chosen by type.

use domain::expressions::{Kind, Type};

use super::{AS_COLUMNS, IN_DATA, dice::Dice};

pub(super) fn condition(dice: &mut Dice, depth: usize) -> String {
    let deeper = |dice: &mut Dice| condition(dice, depth - 1);
    match if depth == 0 { 9 } else { dice.below(10) } {
        0 | 1 => (0..2 + dice.below(2)).map(|_| format!("({})", deeper(dice))).collect::<Vec<_>>().join(" && "),
        2 | 3 => (0..2 + dice.below(2)).map(|_| format!("({})", deeper(dice))).collect::<Vec<_>>().join(" || "),
        4 | 5 => format!("!({})", deeper(dice)),
        6 => format!("{} == ({})", value(dice, Kind::Boolean), deeper(dice)),
        _ => test(dice),
    }
}

fn test(dice: &mut Dice) -> String {
    let any = [Kind::String, Kind::Integer, Kind::Number, Kind::Boolean, Kind::Timestamp, Kind::Id];
    let kind = dice.one_of(&any);
    let ordered = dice.one_of(&any.map(|kind| if kind == Kind::Boolean { Kind::Integer } else { kind }));
    match dice.below(12) {
        // A condition is never null, and asking it is refused.
        0 if kind == Kind::Boolean => format!("{} != null", field(dice, kind)),
        0 => format!("{} {} null", value(dice, kind), dice.one_of(&["==", "!="])),
        1 => format!("has({})", if dice.percent(70) { field(dice, kind) } else { list_field(dice, kind) }),
        2 => format!("{} == null", list_field(dice, kind)),
        3 | 4 => {
            let test = dice.one_of(&["startsWith", "endsWith", "contains"]);
            format!("{}.{test}({})", value(dice, Kind::String), value(dice, Kind::String))
        }
        5 | 6 => format!("{} in {}", value(dice, kind), list(dice, kind)),
        7 => field(dice, Kind::Boolean),
        8 => {
            let alike = like(dice, kind);
            format!("{} {} {}", value(dice, kind), dice.one_of(&["==", "!="]), value(dice, alike))
        }
        9 => format!("{} {} {}", field(dice, kind), dice.one_of(&["==", "!="]), literal(dice, kind)),
        _ => {
            let (sign, alike) = (dice.one_of(&["<", "<=", ">", ">="]), like(dice, ordered));
            format!("{} {sign} {}", field(dice, ordered), value(dice, alike))
        }
    }
}

/// This type, or another one that may be compared with it.
fn like(dice: &mut Dice, kind: Kind) -> Kind {
    match (dice.percent(30), kind) {
        (true, Kind::Integer) => Kind::Number,
        (true, Kind::Number) => Kind::Integer,
        (_, kind) => kind,
    }
}

fn value(dice: &mut Dice, kind: Kind) -> String {
    match (dice.below(10), kind) {
        (0..=4, _) => field(dice, kind),
        (5, Kind::String) => format!("{}.lowerAscii()", field(dice, Kind::String)),
        (5, Kind::Integer) => format!("size({})", field(dice, Kind::String)),
        (6, Kind::Integer) => format!("size({})", list(dice, Kind::Number)),
        (5, Kind::Timestamp) => dice.one_of(&["now", "now - duration(\"2s\")", "now + duration(\"1us\")"]).to_owned(),
        (5 | 6, Kind::Id) => "user.id".to_owned(),
        (6, Kind::Boolean) => "(\"editor\" in user.roles)".to_owned(),
        _ => literal(dice, kind),
    }
}

fn literal(dice: &mut Dice, kind: Kind) -> String {
    match kind {
        Kind::String => quoted(&dice.text()),
        Kind::Integer => dice.integer().to_string(),
        Kind::Number => format!("{:?}", dice.number()),
        Kind::Boolean => dice.percent(50).to_string(),
        Kind::Timestamp => format!("timestamp(\"{}\")", dice.moment()),
        Kind::Id => format!("\"{}\"", dice.id()),
    }
}

fn field(dice: &mut Dice, kind: Kind) -> String {
    let in_data = IN_DATA.iter().filter(|(_, other)| *other == Type::One(kind)).map(|(name, _)| *name);
    let columns = AS_COLUMNS.iter().filter(|(_, other)| *other == kind).map(|(name, _)| *name);
    format!("record.{}", dice.one_of(&in_data.chain(columns).collect::<Vec<_>>()))
}

fn list_field(dice: &mut Dice, kind: Kind) -> String {
    let names: Vec<_> =
        IN_DATA.iter().filter(|(_, other)| *other == Type::ManyOf(kind)).map(|(name, _)| *name).collect();
    format!("record.{}", dice.one_of(&names))
}

fn list(dice: &mut Dice, kind: Kind) -> String {
    match dice.below(10) {
        0..=5 => {
            let alike = like(dice, kind);
            list_field(dice, alike)
        }
        6 if kind == Kind::String => "user.roles".to_owned(),
        _ => {
            let items: Vec<_> = (0..dice.below(4)).map(|_| literal(dice, kind)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
