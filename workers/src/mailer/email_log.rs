//! Which mails were sent: the claim that keeps a repeated job from mailing twice, and the addresses that refuse mail.

use std::time::Duration;

use bootstrap::db::Connection;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, QueryableByName,
    dsl::{exists, now, select},
    sql_query,
    sql_types::{BigInt, Double, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use domain::Sealed;
use uuid::Uuid;

use crate::schema::{email_log, email_undeliverable};

/// Names one mail: at most one of a kind goes to a person for one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MailKey {
    pub(crate) kind: &'static str,
    pub(crate) subject: Uuid,
    /// The id of the event that the mail answers to.
    pub(crate) cause: Uuid,
}

/// At most so many mails of a kind to one person in any period of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) mails: u32,
    pub(crate) within: Duration,
}

/// What came of asking for the right to send a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Granted(Attempt),
    AlreadySent,
    /// For this long another attempt may be under way, or a limit is reached.
    Busy(Duration),
}

/// The right to send a mail, for the time it was claimed for.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub(crate) struct Attempt {
    #[diesel(sql_type = Integer)]
    attempts: i32,
    /// When the first attempt began: the mail is dated so, and a repeat is the same to the byte.
    #[diesel(sql_type = Timestamptz)]
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Double)]
    wait_seconds: f64,
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Double)]
    wait_seconds: f64,
}

/// Claims a mail for `ttl`: it was not sent yet, no other attempt is under way, and it is within the limits.
pub(crate) async fn claim(conn: &mut Connection, mail: MailKey, limits: &[Limit], ttl: Duration) -> QueryResult<Claim> {
    if limits.is_empty() {
        return claim_this(conn, mail, ttl).await;
    }
    conn.transaction(async |conn| {
        // Two mails of one kind to one person are counted one after the other.
        sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(format!("email_log.{}.{}", mail.kind, mail.subject))
            .execute(conn)
            .await?;
        let mut wait = Duration::ZERO;
        for limit in limits {
            wait = wait.max(wait_for_limit(conn, mail, *limit).await?);
        }
        match wait {
            Duration::ZERO => claim_this(conn, mail, ttl).await,
            wait => Ok(Claim::Busy(wait)),
        }
    })
    .await
}

/// How long until so few other mails of this kind lie within the limit's period that one more may follow. A mail that
/// is being sent counts as sent now.
async fn wait_for_limit(conn: &mut Connection, mail: MailKey, limit: Limit) -> QueryResult<Duration> {
    let wait: Option<Wait> = sql_query(
        "SELECT extract(epoch FROM sent_at - now())::float8 + $4 AS wait_seconds FROM ( \
           SELECT CASE state WHEN 'sent' THEN finished_at ELSE now() END AS sent_at FROM email_log \
           WHERE kind = $1 AND subject = $2 AND cause <> $3 \
             AND (state = 'sent' OR (state = 'sending' AND claimed_until > now())) \
           ORDER BY sent_at DESC OFFSET $5 LIMIT 1) AS last_counted",
    )
    .bind::<Text, _>(mail.kind)
    .bind::<SqlUuid, _>(mail.subject)
    .bind::<SqlUuid, _>(mail.cause)
    .bind::<Double, _>(limit.within.as_secs_f64())
    .bind::<BigInt, _>(i64::from(limit.mails) - 1)
    .get_result(conn)
    .await
    .optional()?;
    // What lies further back than the period gives a negative number.
    Ok(wait.and_then(|wait| Duration::try_from_secs_f64(wait.wait_seconds).ok()).unwrap_or_default())
}

async fn claim_this(conn: &mut Connection, mail: MailKey, ttl: Duration) -> QueryResult<Claim> {
    let attempt = sql_query(
        "INSERT INTO email_log (kind, subject, cause, state, claimed_until) \
         VALUES ($1, $2, $3, 'sending', now() + make_interval(secs => $4)) \
         ON CONFLICT (kind, subject, cause) DO UPDATE \
         SET state = 'sending', attempts = email_log.attempts + 1, claimed_until = excluded.claimed_until, \
             finished_at = NULL, reply_code = NULL \
         WHERE email_log.state <> 'sent' AND email_log.claimed_until <= now() \
         RETURNING attempts, created_at",
    )
    .bind::<Text, _>(mail.kind)
    .bind::<SqlUuid, _>(mail.subject)
    .bind::<SqlUuid, _>(mail.cause)
    .bind::<Double, _>(ttl.as_secs_f64())
    .get_result::<Attempt>(conn)
    .await
    .optional()?;
    match attempt {
        Some(attempt) => Ok(Claim::Granted(attempt)),
        None => standing(conn, mail).await,
    }
}

async fn standing(conn: &mut Connection, mail: MailKey) -> QueryResult<Claim> {
    let standing: Option<Standing> = sql_query(
        "SELECT state, extract(epoch FROM claimed_until - now())::float8 AS wait_seconds FROM email_log \
         WHERE kind = $1 AND subject = $2 AND cause = $3",
    )
    .bind::<Text, _>(mail.kind)
    .bind::<SqlUuid, _>(mail.subject)
    .bind::<SqlUuid, _>(mail.cause)
    .get_result(conn)
    .await
    .optional()?;
    Ok(match standing {
        Some(standing) if standing.state == "sent" => Claim::AlreadySent,
        Some(standing) => Claim::Busy(Duration::try_from_secs_f64(standing.wait_seconds).unwrap_or_default()),
        // Pruned in between.
        None => Claim::Busy(Duration::ZERO),
    })
}

/// The server has taken the mail.
pub(crate) async fn mark_sent(conn: &mut Connection, mail: MailKey) -> QueryResult<()> {
    diesel::update(email_log::table.find((mail.kind, mail.subject, mail.cause)))
        .set((email_log::state.eq("sent"), email_log::finished_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The server has refused the mail for good; with `address`, because of the address, which is marked.
pub(crate) async fn mark_refused(
    conn: &mut Connection,
    mail: MailKey,
    reply_code: u16,
    address: Option<&Sealed>,
) -> QueryResult<()> {
    // Three digits.
    let code = reply_code as i16;
    conn.transaction(async |conn| {
        diesel::update(email_log::table.find((mail.kind, mail.subject, mail.cause)))
            .filter(email_log::state.ne("sent"))
            .set((
                email_log::state.eq("refused"),
                email_log::finished_at.eq(now),
                email_log::claimed_until.eq(now),
                email_log::reply_code.eq(code),
            ))
            .execute(conn)
            .await?;
        if let Some(address) = address {
            let mark = (email_undeliverable::address.eq(address.as_str()), email_undeliverable::reply_code.eq(code));
            diesel::insert_into(email_undeliverable::table)
                .values((email_undeliverable::subject.eq(mail.subject), mark))
                .on_conflict(email_undeliverable::subject)
                .do_update()
                .set((mark, email_undeliverable::marked_at.eq(now)))
                .execute(conn)
                .await?;
        }
        Ok(())
    })
    .await
}

/// The attempt has ended without the mail being taken: the next one need not wait.
pub(crate) async fn release(conn: &mut Connection, mail: MailKey, attempt: &Attempt) -> QueryResult<()> {
    diesel::update(email_log::table.find((mail.kind, mail.subject, mail.cause)))
        .filter(email_log::state.eq("sending").and(email_log::attempts.eq(attempt.attempts)))
        .set(email_log::claimed_until.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether this very address of a person has refused mail.
pub(crate) async fn is_undeliverable(conn: &mut Connection, subject: Uuid, address: &Sealed) -> QueryResult<bool> {
    let mark = email_undeliverable::table.find(subject).filter(email_undeliverable::address.eq(address.as_str()));
    select(exists(mark)).get_result(conn).await
}

/// Whether a mail of this kind was sent to the person not longer ago than `period`.
pub(crate) async fn was_sent_within(
    conn: &mut Connection,
    kind: &str,
    subject: Uuid,
    period: Duration,
) -> QueryResult<bool> {
    let period = TimeDelta::from_std(period).unwrap_or(TimeDelta::MAX);
    let sent = email_log::table
        .filter(email_log::kind.eq(kind).and(email_log::subject.eq(subject)).and(email_log::state.eq("sent")))
        .filter(email_log::finished_at.gt(Utc::now() - period));
    select(exists(sent)).get_result(conn).await
}

/// Forgets at most `limit` mails, and as many marks, that are older than `age`; returns how many rows went.
pub(crate) async fn prune(conn: &mut Connection, age: Duration, limit: i64) -> QueryResult<usize> {
    let mut pruned = 0;
    for (table, time) in [("email_log", "created_at"), ("email_undeliverable", "marked_at")] {
        let statement = format!(
            "DELETE FROM {table} WHERE ctid = ANY (ARRAY( \
             SELECT ctid FROM {table} WHERE {time} < now() - make_interval(secs => $1) LIMIT $2))"
        );
        let delete = sql_query(statement).bind::<Double, _>(age.as_secs_f64()).bind::<BigInt, _>(limit);
        pruned += delete.execute(conn).await?;
    }
    Ok(pruned)
}

#[cfg(test)]
mod tests;
