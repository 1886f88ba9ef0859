//! A definition that was checked, ready to check records and to say who may do what with them.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Action, Data, Definition, FieldProblem, RelationField, Retention,
    canonical::canonical,
    defaults,
    fields::{self, DeclaredField, RESERVED},
    lookup::{CheckedIndex, Lookup, Searched, SortField},
    problem::{self, MOST},
    relations,
    rules::CheckedRules,
    schema,
};
use crate::expressions::{Expression, ExpressionError, Filter, Kind, Request, Schema, Type};

/// Unique fields of one collection.
const MOST_UNIQUE: usize = 16;

/// What the records of a collection are held to.
#[derive(Debug)]
pub struct Shape {
    validator: Validator,
    declared: Vec<DeclaredField>,
    known: Schema,
    unique: Vec<String>,
    relations: Vec<RelationField>,
    rules: CheckedRules,
    defaults: Data,
    history: Option<Retention>,
    lookup: Lookup,
    generation: i32,
}

impl Shape {
    /// Reads a definition; tells everything that is wrong with it.
    pub fn of(definition: &Definition) -> Result<Self, Vec<FieldProblem>> {
        let validator = schema::compile(&definition.schema)?;
        let declared = fields::declared(&definition.schema);
        let known = fields::known(&declared).map_err(|problem| vec![problem])?;
        let (mut problems, defaults, history) = (vec![], defaults::of(&definition.schema), definition.history);
        defaults::check(&defaults, &validator, &mut problems);
        history.into_iter().for_each(|history| history.check(&mut problems));
        check_unique(&definition.unique, &declared, &mut problems);
        let relations = relations::check(&definition.relations, &definition.schema, &declared, &mut problems);
        let rules = CheckedRules::check(&definition.rules, &known, &mut problems);
        let found_by = (&definition.finding, definition.unique.as_slice());
        let lookup = Lookup::check(found_by, &definition.schema, &known, &mut problems);
        if problems.is_empty() {
            let unique = definition.unique.clone();
            Ok(Self { validator, declared, known, unique, relations, rules, defaults, history, lookup, generation: 0 })
        } else {
            Err(problems)
        }
    }

    /// A content with the defaults of the fields that it does not have.
    #[must_use]
    pub fn completed(&self, mut data: Data) -> Data {
        for (name, default) in &self.defaults {
            data.entry(name).or_insert_with(|| default.clone());
        }
        data
    }

    /// The defaults of fields, by name.
    pub(super) fn defaults(&self) -> &Data {
        &self.defaults
    }

    /// The fields that expressions may name.
    pub(super) fn known(&self) -> &Schema {
        &self.known
    }

    /// The same for contents of a generation; see [`super::Evolution`].
    #[must_use]
    pub fn of_generation(self, generation: i32) -> Self {
        Self { generation, ..self }
    }

    /// Of the contents that it is about.
    pub fn generation(&self) -> i32 {
        self.generation
    }

    /// How much of the history of records is shown; `None` is all of it.
    pub fn history(&self) -> Option<Retention> {
        self.history
    }

    /// The content of a record in its canonical form, or everything that is wrong with it.
    pub fn validate(&self, data: Data) -> Result<Data, Vec<FieldProblem>> {
        let value = Value::Object(data);
        // What is valid, as most is, is found so faster than by looking for what is not.
        let problems: Vec<_> = match self.validator.is_valid(&value) {
            true => vec![],
            false => {
                let errors = self.validator.iter_errors(&value);
                errors.flat_map(|error| FieldProblem::of_schema("", &error)).take(MOST).collect()
            }
        };
        match value {
            Value::Object(data) if problems.is_empty() => canonical(data, &self.declared),
            _ => Err(problems),
        }
    }

    /// The records with which a caller may do this.
    pub fn allow(&self, action: Action, request: &Request<'_>) -> Filter {
        self.rules.allow(action, request)
    }

    /// Whether the answer of [`Self::allow`] changes by itself as time goes by.
    pub fn allows_by_time(&self, action: Action) -> bool {
        self.rules.uses_now(action)
    }

    /// Whether [`Self::allow`] has the same answer for everybody, at any time.
    pub fn allows_alike(&self, action: Action) -> bool {
        self.rules.is_universal(action)
    }

    /// A filter that somebody asks for.
    pub fn filter(&self, text: &str) -> Result<Expression, ExpressionError> {
        Expression::parse(text, &self.known)
    }

    /// Those that are declared, and those of unique fields.
    pub fn indexes(&self) -> &[CheckedIndex] {
        &self.lookup.indexes
    }

    /// The texts in which words are searched, if there are any.
    pub fn searched(&self) -> Option<&Searched> {
        self.lookup.searched.as_ref()
    }

    /// The field of this name, if it has one value to sort by.
    pub fn sort_field(&self, name: &str) -> Option<&SortField> {
        self.lookup.sorted.get(name)
    }

    /// Whether records may have this member beside what every record has.
    pub fn has_member(&self, name: &str) -> bool {
        self.lookup.members.iter().any(|member| member == name)
    }

    /// The members that records may have beside what every record has, in the order of their names.
    pub fn members(&self) -> &[String] {
        &self.lookup.members
    }

    /// Of which kind the one value of a member of the first level is; `None` where the schema does not say, or where the
    /// member has parts.
    pub fn plain_kind(&self, member: &str) -> Option<Kind> {
        let of_member = self.declared.iter().find(|field| field.path == [member])?;
        match of_member.field_type {
            Type::One(kind) => Some(kind),
            Type::ManyOf(_) => None,
        }
    }

    /// As much of a JSON Pointer into a content as the definition names by itself: what else stands there was thought of
    /// by whoever wrote the content.
    pub fn known_pointer(&self, pointer: &str) -> String {
        let mut path: Vec<&str> = vec![];
        for segment in pointer.split('/').skip(1) {
            let is_index = !path.is_empty() && segment.len() < 10 && segment.bytes().all(|byte| byte.is_ascii_digit());
            let is_member = path.is_empty() && (self.has_member(segment) || RESERVED.contains(&segment));
            let names: Vec<&str> = path.iter().copied().chain([segment]).collect();
            let is_declared = self.declared.iter().any(|field| {
                field.path.len() >= names.len() && field.path.iter().zip(&names).all(|(known, name)| known == name)
            });
            if !(is_index || is_member || is_declared) {
                break;
            }
            path.push(segment);
        }
        path.iter().map(|segment| format!("/{segment}")).collect()
    }

    pub fn has_unique_fields(&self) -> bool {
        !self.unique.is_empty()
    }

    /// The values that no other record of the collection may have, by field. What is missing or null is in nobody's way.
    pub fn unique_values<'a>(&'a self, data: &'a Data) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let values = self.unique.iter().filter_map(|field| Some((field.as_str(), data.get(field)?)));
        values.filter(|(_, value)| !value.is_null())
    }

    /// The fields that refer to records, by name.
    pub fn relations(&self) -> &[RelationField] {
        &self.relations
    }

    /// The records to which a content refers, each once per field.
    pub fn references<'a>(&'a self, data: &'a Data) -> impl Iterator<Item = (&'a RelationField, Uuid)> {
        let of_field = |field: &'a RelationField| {
            let ids: BTreeSet<Uuid> = match data.get(&field.name) {
                Some(Value::Array(items)) => items.iter().filter_map(id).collect(),
                Some(value) => id(value).into_iter().collect(),
                None => BTreeSet::new(),
            };
            ids.into_iter().map(move |id| (field, id))
        };
        self.relations.iter().flat_map(of_field)
    }
}

fn id(value: &Value) -> Option<Uuid> {
    Uuid::try_parse(value.as_str()?).ok()
}

fn check_unique(unique: &[String], declared: &[DeclaredField], problems: &mut Vec<FieldProblem>) {
    if unique.len() > MOST_UNIQUE {
        problems.push(FieldProblem::at("/unique", "too_many", format!("must have at most {MOST_UNIQUE}")));
        return;
    }
    for (at, name) in unique.iter().enumerate() {
        let pointer = problem::member("/unique", &at.to_string());
        let kind = declared.iter().find(|field| field.path == [name.as_str()]).map(|field| field.field_type);
        let refused = match kind {
            Some(Type::One(Kind::String | Kind::Integer | Kind::Timestamp | Kind::Id)) => continue,
            Some(Type::One(Kind::Number | Kind::Boolean) | Type::ManyOf(_)) => {
                ("unsupported", "must be a field of strings, integers, timestamps or ids")
            }
            None => ("unknown_field", "must be a declared field"),
        };
        problems.push(FieldProblem::at(pointer, refused.0, refused.1));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_place_only_what_the_definition_names_is_told() {
        let schema = json!({"type": "object", "properties": {
            "tags": {"type": "array", "items": {"type": "string"}}, "any": {"type": "object"}, "rank": {"type": "integer"},
            "address": {"type": "object", "properties": {"city": {"type": "string"}}}}});
        let schema = schema.as_object().unwrap().clone();
        let shape = Shape::of(&Definition { schema, ..Definition::default() }.normalised()).unwrap();
        for (pointer, known) in [
            ("/tags/1", "/tags/1"),
            ("/tags", "/tags"),
            ("/address/city", "/address/city"),
            ("/address/Jane", "/address"),
            ("/any/Jane", "/any"),
            ("/any/7/Jane", "/any/7"),
            ("/Jane", ""),
            ("/7", ""),
            ("/any/123456789012", "/any"),
            ("/created_by", "/created_by"),
            ("", ""),
        ] {
            assert_eq!(shape.known_pointer(pointer), known, "{pointer}");
        }
        let kinds = ["rank", "tags", "any", "address", "other"].map(|member| shape.plain_kind(member));
        assert_eq!(kinds, [Some(Kind::Integer), None, None, None, None]);
        assert_eq!(shape.members(), ["address", "any", "rank", "tags"]);
    }
}
