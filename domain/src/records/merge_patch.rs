//! JSON Merge Patch (RFC 7396).

use serde_json::{Map, Value};

use crate::collections::Data;

/// The object as the patch leaves it: members of the patch replace, `null` removes, objects go deeper. What is not in the
/// patch stays.
#[must_use]
pub fn merge_patch(mut target: Data, patch: &Data) -> Data {
    for (name, value) in patch {
        match value {
            Value::Null => drop(target.remove(name)),
            Value::Object(inner) => {
                let before = match target.remove(name) {
                    Some(Value::Object(members)) => members,
                    _ => Map::new(),
                };
                target.insert(name.clone(), Value::Object(merge_patch(before, inner)));
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn patched(target: &Value, patch: &Value) -> Value {
        Value::Object(merge_patch(target.as_object().unwrap().clone(), patch.as_object().unwrap()))
    }

    /// Of RFC 7396, appendix A, those whose original, patch and result are objects.
    #[test]
    fn the_examples_of_the_rfc_come_out_as_it_says() {
        for (original, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(patched(&original, &patch), result, "{original} {patch}");
        }
    }

    fn anything() -> impl Strategy<Value = Value> {
        object(
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), "[a-c]".prop_map(Value::from)].boxed(),
        )
    }

    fn object(leaf: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
        let members = |value: BoxedStrategy<Value>| {
            prop::collection::btree_map("[a-d]", value, 0..4).prop_map(|members| members.into_iter().collect::<Value>())
        };
        let lists = |value: BoxedStrategy<Value>| prop::collection::vec(value, 0..3).prop_map(Value::from);
        let inner = leaf
            .prop_recursive(3, 24, 4, move |inner| prop_oneof![members(inner.clone().boxed()), lists(inner.boxed())]);
        members(inner.boxed())
    }

    proptest! {
        #[test]
        fn a_patch_applied_twice_is_applied_once(target in anything(), patch in anything()) {
            let once = patched(&target, &patch);
            prop_assert_eq!(patched(&once, &patch), once);
        }

        #[test]
        fn an_empty_patch_changes_nothing(target in anything()) {
            prop_assert_eq!(patched(&target, &json!({})), target);
        }
    }
}
