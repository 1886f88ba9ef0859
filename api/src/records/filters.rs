//! Filters of lists that were read before: reading one takes longer than most lists do.

use std::sync::Arc;

use domain::{
    collections::CollectionId,
    expressions::{Expression, ExpressionError},
};
use moka::sync::Cache;

use crate::collections::Found;

/// Bytes of the texts that are remembered; what was read of one takes a few times as much.
const REMEMBERED_BYTES: u64 = 1 << 20;

/// Filters by the definition that they were checked against, so that an entry is true for ever.
#[derive(Clone)]
pub struct Filters(Cache<(CollectionId, i64, i32, String), Arc<Expression>>);

impl Default for Filters {
    fn default() -> Self {
        let weigh = |(_, _, _, text): &(CollectionId, i64, i32, String), _: &Arc<Expression>| {
            u32::try_from(text.len() + 64).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(REMEMBERED_BYTES).weigher(weigh).build())
    }
}

impl Filters {
    pub(super) fn parse(&self, collection: &Found, text: &str) -> Result<Arc<Expression>, ExpressionError> {
        let key = (collection.id, collection.version, collection.shape.generation(), text.to_owned());
        if let Some(known) = self.0.get(&key) {
            return Ok(known);
        }
        let parsed = Arc::new(collection.shape.filter(text)?);
        self.0.insert(key, Arc::clone(&parsed));
        Ok(parsed)
    }
}
