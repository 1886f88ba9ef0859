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

    fn without_nulls() -> impl Strategy<Value = Value> {
        object(
            prop_oneof![
                any::<bool>().prop_map(Value::from),
                any::<i32>().prop_map(Value::from),
                "[a-c]".prop_map(Value::from)
            ]
            .boxed(),
        )
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

    /// What a patch from one to the other would say.
    fn difference(before: &Data, after: &Data) -> Data {
        let removed = before.keys().filter(|name| !after.contains_key(*name)).map(|name| (name.clone(), Value::Null));
        let others = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, value)| {
            let value = match (before.get(name), value) {
                (Some(Value::Object(before)), Value::Object(after)) => Value::Object(difference(before, after)),
                _ => value.clone(),
            };
            (name.clone(), value)
        });
        removed.chain(others).collect()
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

        #[test]
        fn a_patch_leads_from_any_object_without_nulls_to_any_other(before in without_nulls(), after in without_nulls()) {
            let patch = difference(before.as_object().unwrap(), after.as_object().unwrap());
            prop_assert_eq!(patched(&before, &Value::Object(patch)), after);
        }
    }
}
