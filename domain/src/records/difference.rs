//! What is different between two contents.

use serde_json::Value;

use crate::collections::{Data, problem::member};

/// The difference, in two forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// A JSON Merge Patch (RFC 7396) that leads from the one to the other. It cannot tell a member that became `null` from
    /// one that is gone: it removes both.
    pub patch: Data,
    /// JSON Pointers (RFC 6901) of what is different: of members of objects, and of lists as a whole.
    pub changed: Vec<String>,
}

/// What leads from `before` to `after`.
pub fn difference(before: &Data, after: &Data) -> Difference {
    let mut difference = Difference::default();
    difference.patch = compare(before, after, "", &mut difference.changed);
    difference.changed.sort_unstable();
    difference
}

fn compare(before: &Data, after: &Data, pointer: &str, changed: &mut Vec<String>) -> Data {
    let mut patch = Data::new();
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        changed.push(member(pointer, name));
        patch.insert(name.clone(), Value::Null);
    }
    for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(value)) {
        let place = member(pointer, name);
        let value = match (before.get(name), value) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                Value::Object(compare(before, after, &place, changed))
            }
            _ => {
                changed.push(place);
                value.clone()
            }
        };
        patch.insert(name.clone(), value);
    }
    patch
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::records::merge_patch;

    #[test]
    fn the_deepest_places_are_told() {
        let before = json!({"a": 1, "b": {"c": [1], "d": "x"}, "e": null, "g/h": 1});
        let after = json!({"a": 1, "b": {"c": [1, 2], "d": "x"}, "f": {"i": 1}, "g/h": 2});
        let found = difference(before.as_object().unwrap(), after.as_object().unwrap());
        assert_eq!(found.changed, ["/b/c", "/e", "/f", "/g~1h"]);
        let patch = json!({"b": {"c": [1, 2]}, "e": null, "f": {"i": 1}, "g/h": 2});
        assert_eq!(Value::Object(found.patch), patch);
        assert_eq!(difference(before.as_object().unwrap(), before.as_object().unwrap()), Difference::default());
    }

    fn content() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c]".prop_map(Value::from)
        ];
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
        fn the_patch_leads_from_any_content_without_nulls_to_any_other(before in content(), after in content()) {
            let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
            let found = difference(before, after);
            prop_assert_eq!(&merge_patch(before.clone(), &found.patch), after);
            prop_assert_eq!(found.changed.is_empty(), before == after);
            let place = |data: &Data, pointer: &str| Value::Object(data.clone()).pointer(pointer).cloned();
            for pointer in &found.changed {
                prop_assert_ne!(place(before, pointer), place(after, pointer));
            }
        }
    }
}
