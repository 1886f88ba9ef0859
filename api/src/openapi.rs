//! The API's OpenAPI 3.1 document, made from the handlers; what all routes have in common is added here.

use std::{fmt, sync::OnceLock};

use actix_web::{HttpResponse, http::header, web::Bytes};
use serde_json::{Value, json};
use utoipa::{OpenApi, openapi::OpenApi as OpenApiDocument};

use crate::{
    account, audit,
    auth::{
        api_keys, change_email, change_password, confirm_email_change, forgot_password, jwks, login, logout, mfa,
        refresh, resend_verification, reset_password, sessions, step_up, undo_email_change, verify_email,
    },
    batch, collections, docs,
    error::{self, Appearance, FieldError, Problem},
    exports,
    extension::Extension,
    files, health, imports, records, roles,
    routes::{self, Access, Endpoint, LIVE},
    security_txt,
    state::State,
    users, webhooks,
};

const CACHED: &str = "public, max-age=300";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tidemark",
        description = "An event-sourced application backend.",
        license(name = "Apache-2.0 OR MIT")
    ),
    paths(
        users::register::register,
        login::login,
        refresh::refresh,
        logout::logout,
        logout::logout_all,
        sessions::list::list_sessions,
        sessions::end::end_session,
        verify_email::verify_email,
        resend_verification::resend_verification,
        forgot_password::forgot_password,
        reset_password::reset_password,
        change_password::change_password,
        change_email::change_email,
        confirm_email_change::confirm_email_change,
        undo_email_change::undo_email_change,
        step_up::step_up,
        mfa::enrol::enrol,
        mfa::confirm::confirm,
        mfa::disable::disable,
        mfa::replace_recovery_codes::replace_recovery_codes,
        account::page,
        account::script,
        account::style,
        jwks::jwks,
        security_txt::security_txt,
        users::me::me,
        users::change_profile::change_profile,
        users::avatar::change::change_avatar,
        users::avatar::remove::remove_avatar,
        users::avatar::show::show_own_avatar,
        users::avatar::show::show_avatar,
        users::list::list,
        users::show::show,
        users::grant_role::grant_role,
        users::revoke_role::revoke_role,
        users::suspend::suspend,
        users::reactivate::reactivate,
        users::logout_all::logout_all,
        audit::user::my_audit,
        audit::user::user_audit,
        audit::log::audit_log,
        api_keys::list::list_api_keys,
        api_keys::create::create_api_key,
        api_keys::revoke::revoke_api_key,
        roles::list::list_roles,
        roles::define::define_role,
        roles::show::show_role,
        roles::change::change_role,
        roles::delete::delete_role,
        collections::list::list_collections,
        collections::define::define_collection,
        collections::show::show_collection,
        collections::change::change_collection,
        collections::delete::delete_collection,
        collections::show_change::show_change,
        collections::withdraw::withdraw_change,
        records::list::list_records,
        records::create::create_record,
        records::search::search_records,
        records::show::show_record,
        records::change::change_record,
        records::replace::replace_record,
        records::delete::delete_record,
        records::restore::restore_record,
        records::history::list::list_history,
        records::history::diff::diff_versions,
        records::export::export_records,
        imports::start::start_import,
        imports::list::list_imports,
        imports::show::show_import,
        imports::abandon::abandon_import,
        imports::upload::upload_import,
        imports::errors::list_import_errors,
        batch::run::run_batch,
        files::list::list_files,
        files::create::create_file,
        files::usage::show_usage,
        files::tus::options::uploads_options,
        files::tus::create::begin_upload,
        files::tus::show::show_upload,
        files::tus::append::append_upload,
        files::tus::terminate::end_upload,
        files::show::show_file,
        files::rename::rename_file,
        files::delete::delete_file,
        files::content::download_file,
        files::thumbnail::show_thumbnail,
        files::sign::sign_url,
        files::sign_for_record::sign_url_for_record,
        files::signed::download_signed,
        webhooks::list::list_webhooks,
        webhooks::create::create_webhook,
        webhooks::show::show_webhook,
        webhooks::change::change_webhook,
        webhooks::delete::delete_webhook,
        webhooks::rotate_secret::rotate_webhook_secret,
        webhooks::enable::enable_webhook,
        webhooks::disable::disable_webhook,
        webhooks::test::test_webhook,
        webhooks::deliveries::replay_since::replay_since,
        webhooks::deliveries::list::list_deliveries,
        webhooks::deliveries::show::show_delivery,
        webhooks::deliveries::replay::replay_delivery,
        users::erase::erase_me,
        users::erase::erase_user,
        exports::request::request_export,
        exports::list::list_exports,
        exports::show::show_export,
        exports::download::download_export,
        document,
        docs::start,
        docs::page,
        docs::script,
        docs::style,
        health::report,
        health::live,
        health::ready,
    ),
    components(schemas(Problem, FieldError))
)]
struct Handlers;

/// The document of a process with these extensions, serialised when it is first asked for.
pub struct Document {
    extensions: Vec<Extension>,
    text: OnceLock<Bytes>,
}

impl Document {
    pub(crate) fn new(extensions: Vec<Extension>) -> Self {
        Self { extensions, text: OnceLock::new() }
    }

    fn text(&self) -> Bytes {
        self.text.get_or_init(|| build_with(&self.extensions).to_string().into()).clone()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Document").field("extensions", &self.extensions).finish_non_exhaustive()
    }
}

/// The API as an OpenAPI document
#[utoipa::path(get, path = "/v1/openapi.json", tag = "docs",
    responses((status = 200, description = "OpenAPI 3.1", body = Value)))]
pub async fn document(state: State) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, CACHED))
        .content_type("application/json")
        .body(state.document.text())
}

/// The whole document of the product.
pub fn build() -> Value {
    build_with(&[])
}

/// The same with what extensions add.
pub fn build_with(extensions: &[Extension]) -> Value {
    let described =
        extensions.iter().flat_map(Extension::documents).fold(Handlers::openapi(), OpenApiDocument::merge_from);
    // Made of plain maps: nothing in it could fail.
    let mut document = serde_json::to_value(described).unwrap_or_default();
    document["paths"][LIVE] = live();
    for endpoint in routes::with(extensions) {
        if let Some(operation) = document["paths"][endpoint.path].get_mut(endpoint.method.as_str().to_lowercase()) {
            complete(operation, endpoint);
        }
    }
    document["components"]["securitySchemes"] = json!({
        "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "api_key": {"type": "http", "scheme": "bearer", "description": "An API key, which begins with `tmk_`"},
    });
    let further = extensions.iter().flat_map(|extension| extension.problems.iter().copied().map(Appearance::of));
    document["x-problems"] = error::kinds()
        .into_iter()
        .chain(further)
        .map(|kind| json!({"code": kind.code, "status": kind.status.as_u16(), "title": kind.title}))
        .collect();
    document
}

/// Adds what follows from the table of routes rather than from the handler.
fn complete(operation: &mut Value, endpoint: &Endpoint) {
    let tag = operation["tags"][0].as_str().unwrap_or_default();
    let name = operation["operationId"].as_str().unwrap_or_default();
    operation["operationId"] = Value::String(format!("{tag}_{name}"));
    if endpoint.access != Access::Public {
        operation["security"] = match endpoint.api_keys {
            true => json!([{"access_token": []}, {"api_key": []}]),
            false => json!([{"access_token": []}]),
        };
    }
    if let Access::Permission { resource, action, scope } = endpoint.access {
        operation["x-permission"] = Value::String(format!("{resource}:{action}:{}", scope.as_str()));
    }
    let problems = problems(operation, endpoint);
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, description) in problems {
            let schema = json!({"$ref": "#/components/schemas/Problem"});
            let content = json!({"application/problem+json": {"schema": schema}});
            let problem = json!({"description": description, "content": content});
            responses.entry(status).or_insert(problem);
        }
        for response in responses.values_mut() {
            response["headers"]["X-Request-Id"] = json!({
                "description": "Names the request, as in log lines", "schema": {"type": "string"},
            });
        }
    }
}

fn problems(operation: &Value, endpoint: &Endpoint) -> Vec<(&'static str, &'static str)> {
    let mut problems = vec![];
    if operation.get("requestBody").is_some() {
        problems.extend([
            ("408", "The body did not arrive in time"),
            ("409", "The first request with this idempotency key is not finished"),
            ("413", "The body is too large"),
            ("415", "The body has the wrong content type"),
            ("422", "The body has invalid fields, or the idempotency key was used for another request"),
        ]);
    }
    if takes(operation, "Idempotency-Key") {
        problems.extend([
            (
                "409",
                "It conflicts with the current state, or the first request with this idempotency key is not finished",
            ),
            ("422", "The idempotency key was used for another request"),
        ]);
    }
    if takes(operation, "If-Match") {
        problems.push(("412", "The resource has changed in the meantime"));
    }
    if endpoint.access != Access::Public {
        problems.extend([("401", "No valid access token"), ("404", "There is no such resource")]);
    }
    if endpoint.access != Access::Public {
        problems.push(("403", "The caller may not do this, or not by these means, or has to prove again who it is"));
    }
    if endpoint.class.is_some() {
        problems.extend([
            ("400", "The request is malformed"),
            ("429", "Too many requests"),
            ("500", "Something went wrong on our side"),
            ("503", "Not available or too busy: try again later"),
        ]);
    }
    problems
}

/// Whether the operation has a parameter of this name.
fn takes(operation: &Value, name: &str) -> bool {
    operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(|known| known["name"] == name))
}

/// The one route that is no request and answer; what goes over it is described in docs/live.md.
fn live() -> Value {
    json!({"get": {
        "tags": ["live"],
        "operationId": "connect",
        "summary": "Open a connection for live updates",
        "description": "A WebSocket with the subprotocol `tidemark.v1`. The access token goes into its first message.",
        "responses": {
            "101": {"description": "The connection is open"},
            "403": {
                "description": "The origin may not connect",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }})
}
