//! `value in list`, and lists that are written out.

use cel::common::ast::{IdedExpr, ListExpr};

use super::{Checked, Checker, Result, compare, constants};
use crate::expressions::{
    Problem,
    limits::MAX_LIST_ITEMS,
    schema::Kind,
    tree::{Constant, List, Open, Operand, Predicate},
};

impl Checker<'_> {
    pub(super) fn list(&mut self, list: &ListExpr, node: &IdedExpr) -> Result<Checked> {
        if list.elements.len() > MAX_LIST_ITEMS {
            return Err(Problem::ListTooLong.at(self.position(node)));
        }
        let mut items = Vec::with_capacity(list.elements.len());
        let mut kinds = Vec::with_capacity(list.elements.len());
        for element in &list.elements {
            // As deep as can be: items are constants, which need no depth, and nothing else is taken.
            match self.any(element, 1)? {
                Checked::Value(Operand::Constant(constant), kind) => {
                    items.push(constant);
                    kinds.push((kind, self.position(element)));
                }
                Checked::Null => {
                    return Err(
                        Problem::Unsupported("null is in no list; use `value == null`").at(self.position(element))
                    );
                }
                Checked::Value(..) | Checked::Condition(_) | Checked::List(..) | Checked::Span(_) => {
                    return Err(Problem::Unsupported("a list is of constants").at(self.position(element)));
                }
            }
        }
        let Some((first, _)) = kinds.first().copied() else { return Ok(Checked::List(List::Constant(items), None)) };
        if let Some((other, position)) = kinds.iter().find(|(kind, _)| compare::family(first, *kind).is_none()) {
            return Err(Problem::TypeMismatch(format!("{other} is in a list with {first}")).at(*position));
        }
        let kind = if kinds.iter().any(|(kind, _)| *kind == Kind::Number) { Kind::Number } else { first };
        let items = items.into_iter().map(|item| adapted(item, first, kind)).collect::<Result<_, _>>();
        Ok(Checked::List(List::Constant(items.map_err(|problem| problem.at(self.position(node)))?), Some(kind)))
    }

    pub(super) fn membership(
        &mut self,
        node: &IdedExpr,
        item: &IdedExpr,
        list: &IdedExpr,
        depth: usize,
    ) -> Result<Checked> {
        self.budget.take(self.position(node))?;
        let (item, list) = (self.any(item, depth + 1)?, self.any(list, depth + 1)?);
        let mismatch = format!("{} cannot be in {}", item.described(), list.described());
        let predicate = match (item, list) {
            (Checked::Null, Checked::List(..)) => {
                return Err(Problem::Unsupported("null is in no list; use `value == null`").at(self.position(node)));
            }
            (_, Checked::List(_, None)) => Some(Predicate::Constant(false)),
            (Checked::Value(operand, kind), Checked::List(list, Some(of_list))) => {
                member((operand, kind), (list, of_list)).map_err(|problem| problem.at(self.position(node)))?
            }
            (Checked::Condition(predicate), Checked::List(list, Some(of_list))) => {
                let item = (Operand::Truth(Box::new(predicate)), Kind::Boolean);
                member(item, (list, of_list)).map_err(|problem| problem.at(self.position(node)))?
            }
            (_, Checked::Value(..) | Checked::Condition(_) | Checked::Span(_) | Checked::Null)
            | (Checked::List(..) | Checked::Span(_), Checked::List(..)) => None,
        };
        predicate.map(Checked::Condition).ok_or_else(|| Problem::TypeMismatch(mismatch).at(self.position(node)))
    }
}

fn member(item: (Operand<Open>, Kind), list: (List<Open>, Kind)) -> Result<Option<Predicate<Open>>, Problem> {
    let (item, of_item) = constants::adapted(item, list.1)?;
    let (list, of_list) = match list {
        (List::Constant(items), kind) => {
            let items = items.into_iter().map(|constant| adapted(constant, kind, of_item)).collect::<Result<_, _>>()?;
            (List::Constant(items), if is_text_form(kind, of_item) { of_item } else { kind })
        }
        list @ (List::Field(_) | List::Variable(_), _) => list,
    };
    Ok(compare::family(of_item, of_list).map(|family| Predicate::Member { item, list, family }))
}

/// Whether texts of a list become what they are compared with.
fn is_text_form(kind: Kind, beside: Kind) -> bool {
    kind == Kind::String && matches!(beside, Kind::Timestamp | Kind::Id)
}

fn adapted(constant: Constant, kind: Kind, beside: Kind) -> Result<Constant, Problem> {
    match constants::adapted((Operand::Constant(constant), kind), beside)? {
        (Operand::Constant(constant), _) => Ok(constant),
        (
            Operand::Field(_)
            | Operand::Variable(_)
            | Operand::Lower(_)
            | Operand::Length(_)
            | Operand::Count(_)
            | Operand::Truth(_),
            _,
        ) => Ok(Constant::Absent),
    }
}
