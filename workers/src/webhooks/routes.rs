//! What each webhook wants to be told, as of the reactions' checkpoint: kept in `webhook_routes` by the events of webhooks.

use std::{collections::BTreeMap, sync::Arc};

use bootstrap::db::Connection;
use diesel::{
    QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    pg::Pg,
    sql_query,
    sql_types::{Bool, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    collections::CollectionId,
    webhooks::{Definition, Endpoint, EventSelection, WebhookFilter},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{reactions::ReactionError, schema::webhook_routes};

/// What one webhook wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) webhook: Uuid,
    pub(super) events: EventSelection,
    pub(super) collection: Option<CollectionId>,
    pub(super) filter: Option<String>,
}

/// Those of the webhooks that are enabled.
#[derive(Debug, Default)]
pub(super) struct Routes(Vec<Arc<Route>>);

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_routes, check_for_backend(Pg))]
struct Row {
    webhook_id: Uuid,
    events: Value,
    collection: Option<Uuid>,
    filter: Option<String>,
    enabled: bool,
}

impl Row {
    fn route(self) -> Result<Route, ReactionError> {
        // What the reaction has written itself.
        let events = serde_json::from_value(self.events).map_err(|_| ReactionError::NoRoute)?;
        let collection = self.collection.map(CollectionId::from_uuid);
        Ok(Route { webhook: self.webhook_id, events, collection, filter: self.filter })
    }
}

impl Route {
    /// Of a webhook as the log has it.
    pub(super) fn of(webhook: Uuid, endpoint: &Endpoint) -> Self {
        let Definition { events, collection, filter, .. } = &endpoint.definition;
        Self {
            webhook,
            events: events.clone(),
            collection: collection.as_ref().map(|collection| collection.id),
            filter: filter.as_ref().map(|filter| filter.as_str().to_owned()),
        }
    }
}

impl Routes {
    /// Once for each batch of events: there are 100 at most.
    pub(super) async fn read(conn: &mut Connection) -> Result<Self, ReactionError> {
        let enabled = webhook_routes::table.filter(webhook_routes::enabled);
        let rows: Vec<Row> = enabled.select(Row::as_select()).load(conn).await?;
        rows.into_iter().map(|row| row.route().map(Arc::new)).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.0.iter()
    }
}

/// Those of all webhooks, each with whether it is enabled.
pub(super) async fn all(conn: &mut Connection) -> Result<BTreeMap<Uuid, (Route, bool)>, ReactionError> {
    let rows: Vec<Row> = webhook_routes::table.select(Row::as_select()).load(conn).await?;
    let routes = rows.into_iter().map(|row| {
        let enabled = row.enabled;
        row.route().map(|route| (route.webhook, (route, enabled)))
    });
    routes.collect()
}

/// Notes a webhook's definition; whether it is enabled stays as it was.
pub(super) async fn define(conn: &mut Connection, webhook: Uuid, definition: &Definition) -> Result<(), ReactionError> {
    let events = serde_json::to_value(&definition.events).map_err(|_| ReactionError::NoRoute)?;
    sql_query(
        "INSERT INTO webhook_routes (webhook_id, events, collection, filter, enabled) VALUES ($1, $2, $3, $4, true) \
         ON CONFLICT (webhook_id) DO UPDATE \
         SET events = excluded.events, collection = excluded.collection, filter = excluded.filter",
    )
    .bind::<SqlUuid, _>(webhook)
    .bind::<Jsonb, _>(events)
    .bind::<Nullable<SqlUuid>, _>(definition.collection.as_ref().map(|collection| collection.id.as_uuid()))
    .bind::<Nullable<Text>, _>(definition.filter.as_ref().map(WebhookFilter::as_str))
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps the webhook from being deleted until the end of the transaction; false where it was already.
pub(super) async fn hold(conn: &mut Connection, webhook: Uuid) -> QueryResult<bool> {
    // A lock that hinders nothing but a deletion: reactions go on.
    let query = sql_query("SELECT FROM webhook_routes WHERE webhook_id = $1 FOR KEY SHARE");
    Ok(query.bind::<SqlUuid, _>(webhook).execute(conn).await? > 0)
}

pub(super) async fn enable(conn: &mut Connection, webhook: Uuid, enabled: bool) -> QueryResult<()> {
    let statement = sql_query("UPDATE webhook_routes SET enabled = $2 WHERE webhook_id = $1");
    statement.bind::<SqlUuid, _>(webhook).bind::<Bool, _>(enabled).execute(conn).await?;
    Ok(())
}

pub(super) async fn remove(conn: &mut Connection, webhook: Uuid) -> QueryResult<()> {
    sql_query("DELETE FROM webhook_routes WHERE webhook_id = $1").bind::<SqlUuid, _>(webhook).execute(conn).await?;
    Ok(())
}
