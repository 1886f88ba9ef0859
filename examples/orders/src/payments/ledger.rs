//! The book of invoices: numbers, and what was credited again. It is no read model: numbers are given here.

use bootstrap::db::Connection;
use diesel::{
    OptionalExtension, QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::{Charge, RefundRequest};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Invoice {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Bool)]
    is_credited: bool,
}

/// The invoice of an order, which is issued when there is none; `None` when it was credited, which is for good.
pub(super) async fn issue(conn: &mut Connection, charge: &Charge) -> QueryResult<Option<i64>> {
    conn.transaction(async |conn| {
        // One after the other: a number that is drawn is used, unless the database fails.
        sql_query("LOCK TABLE order_invoices IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
        let query = "SELECT number, credited_at IS NOT NULL AS is_credited FROM order_invoices WHERE order_id = $1";
        let of_order = sql_query(query).bind::<SqlUuid, _>(charge.order.as_uuid());
        let found: Option<Invoice> = of_order.get_result(conn).await.optional()?;
        if let Some(Invoice { number, is_credited }) = found {
            return Ok((!is_credited).then_some(number));
        }
        let issued: Number = sql_query(
            "INSERT INTO order_invoices (number, order_id, customer, amount, currency) \
             SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4 FROM order_invoices RETURNING number",
        )
        .bind::<SqlUuid, _>(charge.order.as_uuid())
        .bind::<SqlUuid, _>(charge.customer.as_uuid())
        .bind::<BigInt, _>(charge.amount.minor)
        .bind::<Text, _>(charge.amount.currency.as_str())
        .get_result(conn)
        .await?;
        Ok(Some(issued.number))
    })
    .await
}

/// Credits the invoice of an order, once: the number of the invoice that this cause has credited, now or before.
pub(super) async fn credit(conn: &mut Connection, refund: &RefundRequest) -> QueryResult<Option<i64>> {
    let credited: Option<Number> = sql_query(
        "UPDATE order_invoices SET credited_at = coalesce(credited_at, now()), credited_for = $2 \
         WHERE order_id = $1 AND coalesce(credited_for, $2) = $2 RETURNING number",
    )
    .bind::<SqlUuid, _>(refund.order.as_uuid())
    .bind::<SqlUuid, _>(refund.cause)
    .get_result(conn)
    .await
    .optional()?;
    Ok(credited.map(|invoice| invoice.number))
}
