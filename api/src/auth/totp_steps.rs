//! The step of each user's last accepted code: of codes that are right, only those of a later step count.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryResult, query_dsl::methods::FilterDsl, upsert::excluded};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::totp_steps;

/// Takes a step, in one statement: of many who come with one code at once, one finds an earlier step there. False for
/// all others.
pub(super) async fn take(conn: &mut Connection, user: Uuid, step: i64) -> QueryResult<bool> {
    let taken = diesel::insert_into(totp_steps::table)
        .values((totp_steps::user_id.eq(user), totp_steps::step.eq(step)))
        .on_conflict(totp_steps::user_id)
        .do_update()
        .set(totp_steps::step.eq(excluded(totp_steps::step)))
        .filter(totp_steps::step.lt(excluded(totp_steps::step)))
        .execute(conn)
        .await?;
    Ok(taken > 0)
}
