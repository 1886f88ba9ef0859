//! `&&` and `||`: chains of the same one are flattened, so that long lists of conditions are not deep.

use cel::common::ast::{CallExpr, Expr, IdedExpr, operators};

use super::{Checked, Checker, Result};
use crate::expressions::tree::{Open, Predicate};

impl Checker<'_> {
    pub(super) fn chain(&mut self, call: &CallExpr, node: &IdedExpr, depth: usize) -> Result<Checked> {
        let mut parts = Vec::new();
        self.link(&call.func_name, node, depth, &mut parts)?;
        Ok(Checked::Condition(if call.func_name == operators::LOGICAL_AND {
            Predicate::all(parts)
        } else {
            Predicate::any(parts)
        }))
    }

    fn link(&mut self, operator: &str, node: &IdedExpr, depth: usize, parts: &mut Vec<Predicate<Open>>) -> Result<()> {
        if let Expr::Call(call) = &node.expr
            && call.func_name == operator
            && call.target.is_none()
        {
            return call.args.iter().try_for_each(|argument| self.link(operator, argument, depth, parts));
        }
        parts.push(self.condition(node, depth + 1)?);
        Ok(())
    }
}
