//! Which records of a projection somebody may and wants to see. Subscriptions of one audience share what is worked out for
//! it: what a change means to them, and the text that they get.

use domain::{collections::Data, expressions::Filter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Tells audiences apart: those with the same one see the same.
pub(crate) type Fingerprint = [u8; 32];

/// Those for whom the same records are there.
#[derive(Debug)]
pub(crate) struct Audience {
    /// The part of the projection that they look at, such as a collection; `None` is all of it.
    pub(crate) part: Option<Uuid>,
    /// What holds for every record that they see.
    pub(crate) filter: Filter,
    pub(crate) fingerprint: Fingerprint,
}

impl Audience {
    /// Sees everything in the scope of its subscriptions, whatever it is.
    pub(crate) fn everybody() -> Self {
        Self { part: None, filter: Filter::constantly(true), fingerprint: Fingerprint::default() }
    }

    /// Sees those records of a part for which a filter holds.
    pub(crate) fn of_part(part: Uuid, filter: Filter) -> Self {
        // Written out, a condition and the values that were put into it are the same wherever they are the same.
        let fingerprint = Sha256::digest(format!("{part} {filter:?}")).into();
        Self { part: Some(part), filter, fingerprint }
    }

    /// The same for contents of a generation: with another one, everything is another.
    #[must_use]
    pub(crate) fn of_generation(self, generation: i32) -> Self {
        if generation == 0 {
            return self;
        }
        let fingerprint = Sha256::new().chain_update(self.fingerprint).chain_update(generation.to_be_bytes());
        Self { fingerprint: fingerprint.finalize().into(), ..self }
    }

    /// Whether a record of its part is there for it; `data` is as conditions see it.
    pub(crate) fn sees(&self, data: &Data) -> bool {
        self.filter.matches(data)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;
    use domain::expressions::{Expression, Kind, Request, Schema, Type};

    use super::*;

    fn audience(part: u128, condition: &str, user: u128) -> Audience {
        let schema = Schema::new().with("owner", Type::One(Kind::Id)).unwrap();
        let schema = schema.with("rank", Type::One(Kind::Number)).unwrap();
        let request = Request { user_id: Some(Uuid::from_u128(user)), user_roles: &[], now: DateTime::UNIX_EPOCH };
        let filter = Expression::parse(condition, &schema).unwrap().bind(&request);
        Audience::of_part(Uuid::from_u128(part), filter)
    }

    #[test]
    fn audiences_are_one_where_they_see_the_same() {
        let same = |one: Audience, other: Audience| one.fingerprint == other.fingerprint;
        assert!(same(audience(1, "record.rank > 5.0", 1), audience(1, "record.rank>5.0", 2)));
        assert!(same(audience(1, "record.owner == user.id", 1), audience(1, "record.owner == user.id", 1)));
        assert!(same(audience(1, "user.id == user.id", 1), audience(1, "true", 2)));
        let others = [
            audience(1, "record.owner == user.id", 1),
            audience(1, "record.owner == user.id", 2),
            audience(2, "record.owner == user.id", 1),
            audience(1, "record.rank > 5.0", 1),
            audience(1, "record.rank >= 5.0", 1),
            audience(1, "true", 1),
            Audience::everybody(),
        ];
        assert_eq!(others.iter().map(|audience| audience.fingerprint).collect::<BTreeSet<_>>().len(), others.len());
    }
}
