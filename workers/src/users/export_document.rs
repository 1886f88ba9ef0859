//! All that is known about a person, opened, in one JSON document for that person. Credentials are left out: they are
//! hashes of what the person knows, and keys, of no use to anybody but a thief.

use bootstrap::db;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{
    Aggregate, Sealed,
    files::FileId,
    users::{Account, User},
};
use event_store::{EventStore, ReadError, RecordedEvent, StreamId, SubjectKey, log, subject_keys::SubjectKeyError};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::exported_files::ExportedFile;
use crate::schema::sessions;

const FORMAT: &str = "tidemark.export.v1";
/// Of one document, in bytes of events. A stream that has more is exported from its beginning on, and says so.
const MAX_SIZE: usize = 16 << 20;
const PAGE: i64 = 1000;
/// More are never open at once.
const MAX_SESSIONS: i64 = 1000;

/// Sealed members of events, and what each was sealed as.
const SEALED: [(&str, &str); 3] =
    [("email", "user.email"), ("display_name", "user.display_name"), ("name", "user.api_key_name")];
/// Members of events that are not for export.
const LEFT_OUT: [&str; 5] = ["password_hash", "secret", "secret_hash", "recovery_codes", "code"];

#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error(transparent)]
    Keys(#[from] SubjectKeyError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    user_id: Uuid,
    exported_at: DateTime<Utc>,
    account: Profile<'a>,
    /// Where the person has signed in.
    sessions: Vec<Session>,
    /// What the person has uploaded; the content is fetched apart.
    files: Vec<ExportedFile>,
    /// What has happened, from the beginning on.
    events: Vec<Event>,
    /// False where there are more events, or files, than one document takes.
    complete: bool,
}

#[derive(Serialize)]
struct Profile<'a> {
    email: String,
    email_verified: bool,
    /// To which there is a way back.
    former_emails: Vec<String>,
    display_name: Option<String>,
    /// The file with the picture.
    avatar: Option<Uuid>,
    locale: &'a str,
    roles: Vec<&'a str>,
    second_factor: bool,
    api_keys: Vec<ApiKey>,
}

#[derive(Serialize)]
struct ApiKey {
    id: Uuid,
    name: String,
    permissions: Vec<String>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Session {
    id: Uuid,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    device: Option<String>,
    place: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
struct SessionRow {
    id: Uuid,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    device: Option<String>,
    place: Option<String>,
}

#[derive(Serialize)]
struct Event {
    version: i64,
    #[serde(rename = "type")]
    kind: String,
    recorded_at: DateTime<Utc>,
    /// Who did it: the person, somebody else, or nobody in particular.
    by: &'static str,
    data: Value,
}

/// The document of a person, as text. `files` are the person's, and whether those are all.
pub(super) async fn build(
    store: &EventStore,
    key: &SubjectKey,
    user_id: Uuid,
    account: &Account,
    (files, has_all_files): (Vec<ExportedFile>, bool),
    now: DateTime<Utc>,
) -> Result<String, ExportError> {
    let mut conn = store.pool().get().await.map_err(ReadError::from)?;
    let rows = sessions_of(&mut conn, user_id).await.map_err(ReadError::from)?;
    let sessions = rows.into_iter().map(|row| open_session(row, key)).collect::<Result<_, _>>()?;
    let (events, has_all_events) = events_of(&mut conn, key, user_id).await?;
    let complete = has_all_files && has_all_events;
    let account = open_profile(account, key)?;
    let document = Document { format: FORMAT, user_id, exported_at: now, account, sessions, files, events, complete };
    Ok(serde_json::to_string_pretty(&document)?)
}

async fn sessions_of(conn: &mut db::Connection, user_id: Uuid) -> QueryResult<Vec<SessionRow>> {
    sessions::table
        .filter(sessions::user_id.eq(user_id))
        .order(sessions::created_at.desc())
        .limit(MAX_SESSIONS)
        .select(SessionRow::as_select())
        .load(conn)
        .await
}

fn open_session(row: SessionRow, key: &SubjectKey) -> Result<Session, SubjectKeyError> {
    let open = |purpose: &str, sealed: Option<String>| {
        sealed.map(|sealed| key.open(purpose, &Sealed::from_ciphertext(sealed))).transpose()
    };
    let SessionRow { id, created_at, last_seen_at, expires_at, ended_at, device, place } = row;
    let (device, place) = (open("session.device", device)?, open("session.place", place)?);
    Ok(Session { id, created_at, last_seen_at, expires_at, ended_at, device, place })
}

fn open_profile<'a>(account: &'a Account, key: &SubjectKey) -> Result<Profile<'a>, SubjectKeyError> {
    let undos = &account.requests.email_undos;
    let api_keys = account.api_keys.iter().map(|api_key| {
        Ok(ApiKey {
            id: api_key.id,
            name: key.open("user.api_key_name", &api_key.name)?,
            permissions: api_key.permissions.iter().map(ToString::to_string).collect(),
            created_at: api_key.created_at,
            expires_at: api_key.expires_at,
        })
    });
    Ok(Profile {
        email: key.open("user.email", &account.email)?,
        email_verified: account.email_verified,
        former_emails: undos.iter().map(|undo| key.open("user.email", &undo.email)).collect::<Result<_, _>>()?,
        display_name: account.display_name.as_ref().map(|name| key.open("user.display_name", name)).transpose()?,
        avatar: account.avatar.map(FileId::as_uuid),
        locale: account.locale.as_str(),
        roles: account.roles.iter().map(|role| role.as_str()).collect(),
        second_factor: account.totp.is_on(),
        api_keys: api_keys.collect::<Result<_, SubjectKeyError>>()?,
    })
}

/// The events of a person, opened, and whether that is all of them.
async fn events_of(
    conn: &mut db::Connection,
    key: &SubjectKey,
    user_id: Uuid,
) -> Result<(Vec<Event>, bool), ExportError> {
    let stream = StreamId::new(User::CATEGORY, user_id);
    let (mut events, mut version, mut size) = (vec![], 0, 0);
    loop {
        let page = log::stream(conn, stream.as_str(), version, PAGE).await.map_err(ReadError::from)?;
        let is_last = (page.len() as i64) < PAGE;
        for event in page {
            version = event.stream_version;
            size += event.payload.get().len();
            if size > MAX_SIZE {
                return Ok((events, false));
            }
            events.push(open_event(&event, key, user_id)?);
        }
        if is_last {
            return Ok((events, true));
        }
    }
}

fn open_event(event: &RecordedEvent, key: &SubjectKey, user_id: Uuid) -> Result<Event, ExportError> {
    let by = match event.metadata().actor {
        None => "nobody signed in",
        Some(actor) if actor == user_id.to_string() => "you",
        Some(_) => "the operator or an administrator",
    };
    Ok(Event {
        version: event.stream_version,
        kind: event.event_type.clone(),
        recorded_at: event.recorded_at,
        by,
        data: open_members(serde_json::from_str(event.payload.get())?, key)?,
    })
}

/// Opens what is sealed, and leaves out what is not the person's to take along.
fn open_members(payload: Value, key: &SubjectKey) -> Result<Value, SubjectKeyError> {
    let Value::Object(members) = payload else { return Ok(payload) };
    let mut opened = Map::new();
    for (name, value) in members {
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let purpose = SEALED.iter().find(|(sealed, _)| *sealed == name).map(|(_, purpose)| purpose);
        let value = match (purpose, value) {
            (Some(purpose), Value::String(text)) => Value::String(key.open(purpose, &Sealed::from_ciphertext(text))?),
            (_, value) => value,
        };
        opened.insert(name, value);
    }
    Ok(Value::Object(opened))
}
