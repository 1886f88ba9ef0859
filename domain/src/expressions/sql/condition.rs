//! Conditions in SQL. Each is true exactly where it holds, and false or null elsewhere: a comparison with null is null,
//! which `AND`, `OR` and `WHERE` take for false, and `!` is `IS NOT TRUE`.

use super::{
    Sql, member,
    operands::{Numbers, Writer, native_column, native_value},
};
use crate::expressions::tree::{Bound, Compare, Family, Operand, Operator, Predicate, TextTest};

/// Both at once; numbers of the first are written out.
pub(in crate::expressions) fn condition(standing: &Predicate<Bound>, asked: &Predicate<Bound>, table: &str) -> Sql {
    let mut writer = Writer { sql: Sql::default(), table, numbers: Numbers::WrittenOut };
    if asked.constant() == Some(true) {
        write(&mut writer, standing);
        return writer.sql;
    }
    let are_both = standing.constant() != Some(true);
    if are_both {
        writer.push("(");
        write(&mut writer, standing);
        writer.push(" AND ");
    }
    writer.numbers = Numbers::Bound;
    write(&mut writer, asked);
    writer.push(if are_both { ")" } else { "" });
    writer.sql
}

pub(super) fn write(writer: &mut Writer<'_>, predicate: &Predicate<Bound>) {
    match predicate {
        Predicate::Constant(value) => writer.push(if *value { "TRUE" } else { "FALSE" }),
        Predicate::All(all) => joined(writer, all, " AND "),
        Predicate::Any(any) => joined(writer, any, " OR "),
        Predicate::Not(inner) => {
            writer.push("(");
            write(writer, inner);
            writer.push(" IS NOT TRUE)");
        }
        Predicate::Compare(compare) => compared(writer, compare),
        Predicate::Absent(operand) => {
            writer.push("(");
            match native_column(operand) {
                Some(field) => {
                    let column = writer.source(field).column();
                    writer.push(&column);
                }
                None => writer.operand(operand, own_family(operand)),
            }
            writer.push(" IS NULL)");
        }
        Predicate::AbsentList(field) => {
            let json = writer.source(field).json();
            writer.push(&format!("(jsonb_typeof({json}) IS DISTINCT FROM 'array')"));
        }
        Predicate::Text { subject, test, text } => text_test(writer, subject, *test, text),
        Predicate::Member { item, list, family } => member::write(writer, item, list, *family),
    }
}

fn joined(writer: &mut Writer<'_>, predicates: &[Predicate<Bound>], operator: &str) {
    writer.push("(");
    for (index, predicate) in predicates.iter().enumerate() {
        if index > 0 {
            writer.push(operator);
        }
        write(writer, predicate);
    }
    writer.push(")");
}

fn compared(writer: &mut Writer<'_>, compare: &Compare<Bound>) {
    let Compare { left, operator, right, family } = compare;
    let operator = match operator {
        Operator::Equal => " = ",
        Operator::Less => " < ",
        Operator::LessOrEqual => " <= ",
        Operator::Greater => " > ",
        Operator::GreaterOrEqual => " >= ",
    };
    writer.push("(");
    match (native_column(left), native_value(right), native_value(left), native_column(right)) {
        (Some(field), Some(value), _, _) => {
            let column = writer.source(field).column();
            writer.push(&format!("{column}{operator}"));
            writer.push_value(value);
        }
        (_, _, Some(value), Some(field)) => {
            let column = writer.source(field).column();
            writer.push_value(value);
            writer.push(&format!("{operator}{column}"));
        }
        _ => {
            writer.operand(left, *family);
            writer.push(operator);
            writer.operand(right, *family);
        }
    }
    writer.push(")");
}

fn text_test(writer: &mut Writer<'_>, subject: &Operand<Bound>, test: TextTest, text: &Operand<Bound>) {
    match test {
        TextTest::StartsWith => {
            writer.push("(");
            writer.operand(subject, Family::Text);
            writer.push(" ^@ ");
            writer.operand(text, Family::Text);
            writer.push(")");
        }
        TextTest::EndsWith => {
            writer.push("(right(");
            writer.operand(subject, Family::Text);
            writer.push(", char_length(");
            writer.operand(text, Family::Text);
            writer.push(")) = ");
            writer.operand(text, Family::Text);
            writer.push(")");
        }
        TextTest::Contains => {
            writer.push("(strpos(");
            writer.operand(subject, Family::Text);
            writer.push(", ");
            writer.operand(text, Family::Text);
            writer.push(") > 0)");
        }
    }
}

/// As what a value is written that is compared with nothing.
fn own_family(operand: &Operand<Bound>) -> Family {
    match operand {
        Operand::Field(field) => Family::of(field.kind()),
        Operand::Length(_) | Operand::Count(_) => Family::Integer,
        Operand::Constant(_) | Operand::Lower(_) => Family::Text,
        Operand::Truth(_) => Family::Boolean,
        Operand::Variable(never) => match *never {},
    }
}
