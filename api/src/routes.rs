//! Every URL: who may use it, and which limit it counts against. Extensions add theirs, made by the same functions.

use std::collections::BTreeMap;

use actix_web::{Handler, Responder, Route, guard, http::Method, middleware::from_fn, web};
use domain::roles::Scope;

use crate::{
    account, audit,
    auth::{
        api_keys, change_email, change_password, confirm_email_change, forgot_password, jwks, login, logout, mfa,
        refresh, resend_verification, reset_password, sessions, step_up, undo_email_change, verify_email,
    },
    batch, collections, docs, exports,
    extension::Extension,
    files, health, imports, live,
    middleware::{self, rate_limit::Class},
    openapi, records, roles, security_txt, users, webhooks,
};

/// Who may use a route. Checked before the handler runs, in one place: middleware/admission.rs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has a valid access token: what concerns the session itself.
    SignedIn,
    /// Whoever has this permission at this moment, be it for the caller's own things or for everybody's.
    Permission { resource: &'static str, action: &'static str, scope: Scope },
}

/// One method of one URL.
#[derive(Debug)]
pub struct Endpoint {
    pub method: Method,
    /// The URL's template.
    pub path: &'static str,
    pub access: Access,
    /// `None` is not limited.
    pub class: Option<Class>,
    /// Whether an API key is as good as an access token here.
    pub api_keys: bool,
    /// Whether it is open to those who have to set up a second factor before they may do anything else.
    pub enrolment: bool,
    route: fn() -> Route,
}

/// Where live connections begin.
pub(crate) const LIVE: &str = "/v1/live";

/// All endpoints of the API.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    public(Method::POST, "/v1/auth/register", Some(Class::Credential), || web::post().to(users::register::register)),
    public(Method::POST, "/v1/auth/login", Some(Class::Credential), || web::post().to(login::login)),
    public(Method::POST, "/v1/auth/refresh", Some(Class::Credential), || web::post().to(refresh::refresh)),
    signed_in(Method::POST, "/v1/auth/logout", || web::post().to(logout::logout)).for_enrolment(),
    signed_in(Method::POST, "/v1/auth/logout-all", || web::post().to(logout::logout_all)).for_enrolment(),
    own(Method::GET, "/v1/auth/sessions", ("sessions", "manage"), || get(sessions::list::list_sessions)).in_session(),
    own(Method::DELETE, "/v1/auth/sessions/{id}", ("sessions", "manage"), || web::delete().to(sessions::end::end_session)).in_session(),
    public(Method::POST, "/v1/auth/verify-email", Some(Class::Credential), || web::post().to(verify_email::verify_email)),
    public(Method::POST, "/v1/auth/resend-verification", Some(Class::Credential), || web::post().to(resend_verification::resend_verification)),
    public(Method::POST, "/v1/auth/forgot-password", Some(Class::Credential), || web::post().to(forgot_password::forgot_password)),
    public(Method::POST, "/v1/auth/reset-password", Some(Class::Credential), || web::post().to(reset_password::reset_password)),
    public(Method::POST, "/v1/auth/confirm-email-change", Some(Class::Credential), || web::post().to(confirm_email_change::confirm_email_change)),
    public(Method::POST, "/v1/auth/undo-email-change", Some(Class::Credential), || web::post().to(undo_email_change::undo_email_change)),
    signed_in(Method::POST, "/v1/auth/step-up", || web::post().to(step_up::step_up)).for_enrolment().proving(),
    own(Method::POST, "/v1/auth/change-password", ("users", "update"), || web::post().to(change_password::change_password)).in_session().proving(),
    own(Method::POST, "/v1/auth/change-email", ("users", "update"), || web::post().to(change_email::change_email)).in_session(),
    own(Method::POST, "/v1/auth/mfa/totp/enrol", ("users", "update"), || web::post().to(mfa::enrol::enrol)).in_session().for_enrolment(),
    own(Method::POST, "/v1/auth/mfa/totp/confirm", ("users", "update"), || web::post().to(mfa::confirm::confirm)).in_session().for_enrolment().proving(),
    own(Method::POST, "/v1/auth/mfa/totp/disable", ("users", "update"), || web::post().to(mfa::disable::disable)).in_session().proving(),
    own(Method::POST, "/v1/auth/mfa/totp/recovery-codes", ("users", "update"), || web::post().to(mfa::replace_recovery_codes::replace_recovery_codes)).in_session(),
    public(Method::GET, "/.well-known/jwks.json", None, || get(jwks::jwks)),
    public(Method::GET, "/.well-known/security.txt", None, || get(security_txt::security_txt)),
    own(Method::GET, "/v1/users/me", ("users", "read"), || get(users::me::me)),
    own(Method::PATCH, "/v1/users/me", ("users", "update"), || web::patch().to(users::change_profile::change_profile)),
    own(Method::GET, "/v1/users/me/avatar", ("users", "read"), || get(users::avatar::show::show_own_avatar)),
    own(Method::PUT, "/v1/users/me/avatar", ("users", "update"), || web::put().to(users::avatar::change::change_avatar)),
    own(Method::DELETE, "/v1/users/me/avatar", ("users", "update"), || web::delete().to(users::avatar::remove::remove_avatar)),
    own(Method::DELETE, "/v1/users/me", ("users", "erase"), || web::delete().to(users::erase::erase_me)).in_session(),
    own(Method::GET, "/v1/users/me/exports", ("users", "export"), || get(exports::list::list_exports)).in_session(),
    own(Method::POST, "/v1/users/me/exports", ("users", "export"), || web::post().to(exports::request::request_export)).in_session(),
    own(Method::GET, "/v1/users/me/exports/{id}", ("users", "export"), || get(exports::show::show_export)).in_session(),
    own(Method::GET, "/v1/users/me/exports/{id}/download", ("users", "export"), || get(exports::download::download_export)).in_session(),
    all(Method::GET, "/v1/users", ("users", "read"), || get(users::list::list)),
    all(Method::GET, "/v1/users/{id}", ("users", "read"), || get(users::show::show)),
    own(Method::GET, "/v1/users/{id}/avatar", ("users", "read"), || get(users::avatar::show::show_avatar)),
    all(Method::PUT, "/v1/users/{id}/roles/{name}", ("roles", "manage"), || web::put().to(users::grant_role::grant_role)).in_session(),
    all(Method::DELETE, "/v1/users/{id}/roles/{name}", ("roles", "manage"), || web::delete().to(users::revoke_role::revoke_role)).in_session(),
    all(Method::POST, "/v1/users/{id}/suspend", ("users", "suspend"), || web::post().to(users::suspend::suspend)).in_session(),
    all(Method::POST, "/v1/users/{id}/reactivate", ("users", "suspend"), || web::post().to(users::reactivate::reactivate)).in_session(),
    all(Method::POST, "/v1/users/{id}/logout-all", ("users", "suspend"), || web::post().to(users::logout_all::logout_all)).in_session(),
    own(Method::GET, "/v1/users/me/audit", ("audit", "read"), || get(audit::user::my_audit)),
    all(Method::GET, "/v1/users/{id}/audit", ("audit", "read"), || get(audit::user::user_audit)),
    all(Method::GET, "/v1/audit", ("audit", "read"), || get(audit::log::audit_log)),
    own(Method::GET, "/v1/users/me/api-keys", ("api_keys", "manage"), || get(api_keys::list::list_api_keys)).in_session(),
    own(Method::POST, "/v1/users/me/api-keys", ("api_keys", "manage"), || web::post().to(api_keys::create::create_api_key)).in_session(),
    own(Method::DELETE, "/v1/users/me/api-keys/{id}", ("api_keys", "manage"), || web::delete().to(api_keys::revoke::revoke_api_key)).in_session(),
    all(Method::GET, "/v1/roles", ("roles", "read"), || get(roles::list::list_roles)),
    all(Method::POST, "/v1/roles", ("roles", "manage"), || web::post().to(roles::define::define_role)).in_session(),
    all(Method::GET, "/v1/roles/{name}", ("roles", "read"), || get(roles::show::show_role)),
    all(Method::PATCH, "/v1/roles/{name}", ("roles", "manage"), || web::patch().to(roles::change::change_role)).in_session(),
    all(Method::DELETE, "/v1/roles/{name}", ("roles", "manage"), || web::delete().to(roles::delete::delete_role)).in_session(),
    all(Method::GET, "/v1/collections", ("collections", "read"), || get(collections::list::list_collections)),
    all(Method::POST, "/v1/collections", ("collections", "manage"), || web::post().to(collections::define::define_collection)),
    all(Method::GET, "/v1/collections/{name}", ("collections", "read"), || get(collections::show::show_collection)),
    all(Method::PATCH, "/v1/collections/{name}", ("collections", "manage"), || web::patch().to(collections::change::change_collection)),
    all(Method::DELETE, "/v1/collections/{name}", ("collections", "manage"), || web::delete().to(collections::delete::delete_collection)),
    all(Method::GET, "/v1/collections/{name}/change", ("collections", "read"), || get(collections::show_change::show_change)),
    all(Method::DELETE, "/v1/collections/{name}/change", ("collections", "manage"), || web::delete().to(collections::withdraw::withdraw_change)),
    own(Method::GET, "/v1/collections/{name}/records", ("records", "read"), || get(records::list::list_records)),
    own(Method::POST, "/v1/collections/{name}/records", ("records", "create"), || web::post().to(records::create::create_record)),
    own(Method::POST, "/v1/collections/{name}/records/search", ("records", "read"), || web::post().to(records::search::search_records)),
    own(Method::GET, "/v1/collections/{name}/records/{id}", ("records", "read"), || get(records::show::show_record)),
    own(Method::PATCH, "/v1/collections/{name}/records/{id}", ("records", "update"), || web::patch().to(records::change::change_record)),
    own(Method::PUT, "/v1/collections/{name}/records/{id}", ("records", "update"), || web::put().to(records::replace::replace_record)),
    own(Method::DELETE, "/v1/collections/{name}/records/{id}", ("records", "delete"), || web::delete().to(records::delete::delete_record)),
    own(Method::POST, "/v1/collections/{name}/records/{id}/restore", ("records", "update"), || web::post().to(records::restore::restore_record)),
    own(Method::GET, "/v1/collections/{name}/records/{id}/history", ("records", "read"), || get(records::history::list::list_history)),
    own(Method::GET, "/v1/collections/{name}/records/{id}/history/diff", ("records", "read"), || get(records::history::diff::diff_versions)),
    own(Method::GET, "/v1/collections/{name}/export", ("records", "read"), || get(records::export::export_records)),
    own(Method::POST, "/v1/collections/{name}/imports", ("records", "create"), || web::post().to(imports::start::start_import)),
    own(Method::GET, "/v1/imports", ("records", "create"), || get(imports::list::list_imports)),
    own(Method::GET, "/v1/imports/{id}", ("records", "create"), || get(imports::show::show_import)),
    own(Method::DELETE, "/v1/imports/{id}", ("records", "create"), || web::delete().to(imports::abandon::abandon_import)),
    own(Method::PUT, "/v1/imports/{id}/content", ("records", "create"), || web::put().to(imports::upload::upload_import)),
    own(Method::GET, "/v1/imports/{id}/errors", ("records", "create"), || get(imports::errors::list_import_errors)),
    own(Method::POST, "/v1/batch", ("records", "update"), || web::post().to(batch::run::run_batch)),
    own(Method::GET, "/v1/files", ("files", "read"), || get(files::list::list_files)),
    own(Method::POST, "/v1/files", ("files", "create"), || web::post().to(files::create::create_file)),
    own(Method::GET, "/v1/files/usage", ("files", "read"), || get(files::usage::show_usage)),
    public(Method::OPTIONS, "/v1/files/tus", None, || web::route().method(Method::OPTIONS).to(files::tus::options::uploads_options)),
    own(Method::POST, "/v1/files/tus", ("files", "create"), || web::post().to(files::tus::create::begin_upload)),
    own(Method::GET, "/v1/files/tus/{id}", ("files", "create"), || get(files::tus::show::show_upload)),
    own(Method::PATCH, "/v1/files/tus/{id}", ("files", "create"), || web::patch().to(files::tus::append::append_upload)),
    own(Method::DELETE, "/v1/files/tus/{id}", ("files", "create"), || web::delete().to(files::tus::terminate::end_upload)),
    own(Method::GET, "/v1/files/{id}", ("files", "read"), || get(files::show::show_file)),
    own(Method::PATCH, "/v1/files/{id}", ("files", "update"), || web::patch().to(files::rename::rename_file)),
    own(Method::DELETE, "/v1/files/{id}", ("files", "delete"), || web::delete().to(files::delete::delete_file)),
    own(Method::GET, "/v1/files/{id}/content", ("files", "read"), || get(files::content::download_file)),
    own(Method::GET, "/v1/files/{id}/thumbnail", ("files", "read"), || get(files::thumbnail::show_thumbnail)),
    own(Method::POST, "/v1/files/{id}/url", ("files", "read"), || web::post().to(files::sign::sign_url)),
    own(Method::POST, "/v1/collections/{name}/records/{id}/files/{file}/url", ("records", "read"), || web::post().to(files::sign_for_record::sign_url_for_record)),
    public(Method::GET, "/v1/files/{id}/signed", Some(Class::SignedUrl), || get(files::signed::download_signed)),
    all(Method::GET, "/v1/webhooks", ("webhooks", "read"), || get(webhooks::list::list_webhooks)),
    all(Method::POST, "/v1/webhooks", ("webhooks", "manage"), || web::post().to(webhooks::create::create_webhook)).in_session(),
    all(Method::GET, "/v1/webhooks/{id}", ("webhooks", "read"), || get(webhooks::show::show_webhook)),
    all(Method::PATCH, "/v1/webhooks/{id}", ("webhooks", "manage"), || web::patch().to(webhooks::change::change_webhook)),
    all(Method::DELETE, "/v1/webhooks/{id}", ("webhooks", "manage"), || web::delete().to(webhooks::delete::delete_webhook)),
    all(Method::POST, "/v1/webhooks/{id}/rotate-secret", ("webhooks", "manage"), || web::post().to(webhooks::rotate_secret::rotate_webhook_secret)).in_session(),
    all(Method::POST, "/v1/webhooks/{id}/enable", ("webhooks", "manage"), || web::post().to(webhooks::enable::enable_webhook)),
    all(Method::POST, "/v1/webhooks/{id}/disable", ("webhooks", "manage"), || web::post().to(webhooks::disable::disable_webhook)),
    all(Method::POST, "/v1/webhooks/{id}/test", ("webhooks", "manage"), || web::post().to(webhooks::test::test_webhook)),
    all(Method::POST, "/v1/webhooks/{id}/replay", ("webhooks", "manage"), || web::post().to(webhooks::deliveries::replay_since::replay_since)),
    all(Method::GET, "/v1/webhooks/{id}/deliveries", ("webhooks", "read"), || get(webhooks::deliveries::list::list_deliveries)),
    all(Method::GET, "/v1/webhooks/{id}/deliveries/{delivery}", ("webhooks", "read"), || get(webhooks::deliveries::show::show_delivery)),
    all(Method::POST, "/v1/webhooks/{id}/deliveries/{delivery}/replay", ("webhooks", "manage"), || web::post().to(webhooks::deliveries::replay::replay_delivery)),
    all(Method::DELETE, "/v1/users/{id}", ("users", "erase"), || web::delete().to(users::erase::erase_user)).in_session(),
    public(Method::GET, LIVE, Some(Class::Live), || web::get().to(live::connect)),
    public(Method::GET, "/v1/openapi.json", None, || get(openapi::document)),
    public(Method::GET, "/docs", None, || get(docs::page)),
    public(Method::GET, "/docs/docs.js", None, || get(docs::script)),
    public(Method::GET, "/docs/docs.css", None, || get(docs::style)),
    public(Method::GET, "/account/account.css", None, || get(account::style)),
    public(Method::GET, "/account/account.js", None, || get(account::script)),
    public(Method::GET, "/account/{page}", None, || get(account::page)),
    public(Method::GET, "/health", None, || get(health::report)),
    public(Method::GET, "/health/live", None, || get(health::live)),
    public(Method::GET, "/health/ready", None, || get(health::ready)),
    public(Method::GET, "/", None, || get(docs::start)),
];

/// Resource and action, as domain/src/roles/permission.rs lists them, or as an extension offers them.
pub type Needed = (&'static str, &'static str);

/// For everybody; `None` for `class` sets no limit.
pub const fn public(method: Method, path: &'static str, class: Option<Class>, route: fn() -> Route) -> Endpoint {
    Endpoint { method, path, access: Access::Public, class, api_keys: false, enrolment: false, route }
}

/// For what concerns the session itself, such as ending it. No API key gets in.
pub const fn signed_in(method: Method, path: &'static str, route: fn() -> Route) -> Endpoint {
    Endpoint {
        method,
        path,
        access: Access::SignedIn,
        class: Some(Class::User),
        api_keys: false,
        enrolment: false,
        route,
    }
}

/// For what the caller may do to the caller's own things, and to records within the rules of their collection.
pub const fn own(method: Method, path: &'static str, needed: Needed, route: fn() -> Route) -> Endpoint {
    permitted(method, path, needed, Scope::Own, route)
}

/// For what the caller may do to the things of everybody.
pub const fn all(method: Method, path: &'static str, needed: Needed, route: fn() -> Route) -> Endpoint {
    permitted(method, path, needed, Scope::All, route)
}

const fn permitted(
    method: Method,
    path: &'static str,
    (resource, action): Needed,
    scope: Scope,
    route: fn() -> Route,
) -> Endpoint {
    let access = Access::Permission { resource, action, scope };
    Endpoint { method, path, access, class: Some(Class::User), api_keys: true, enrolment: false, route }
}

impl Endpoint {
    /// Whoever has signed in only, no API key: for credentials, and for what needs a recent authentication.
    #[must_use]
    pub const fn in_session(mut self) -> Self {
        self.api_keys = false;
        self
    }

    /// Takes a password or a code of whoever is signed in.
    #[must_use]
    pub const fn proving(mut self) -> Self {
        self.class = Some(Class::Proof);
        self
    }

    /// What setting up a second factor takes, and signing out.
    #[must_use]
    pub const fn for_enrolment(mut self) -> Self {
        self.enrolment = true;
        self
    }
}

/// A read: HEAD is answered like GET, without the body.
pub fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler)
}

/// The product's endpoints, then those of extensions.
pub(crate) fn with(extensions: &[Extension]) -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().chain(extensions.iter().flat_map(|extension| extension.endpoints.iter().copied()))
}

/// The endpoints of each URL, in the order of the table.
pub(crate) struct Resources(Vec<(&'static str, &'static [&'static Endpoint])>);

impl Resources {
    /// Made once for the process: what middleware refers to lives as long as it does.
    pub(crate) fn new(extensions: &[Extension]) -> Self {
        let mut by_path: BTreeMap<&'static str, Vec<&'static Endpoint>> = BTreeMap::new();
        for endpoint in with(extensions) {
            by_path.entry(endpoint.path).or_default().push(endpoint);
        }
        // Ascending paths put `/v1/users/me` before `/v1/users/{id}`, which would take it: `{` sorts after letters.
        Self(by_path.into_iter().map(|(path, endpoints)| (path, &*endpoints.leak())).collect())
    }

    /// Mounts all of them, and the answer for everything else.
    pub(crate) fn mount(&self, app: &mut web::ServiceConfig) {
        for (path, endpoints) in self.0.iter().copied() {
            let resource = endpoints.iter().fold(web::resource(path), |all, endpoint| all.route((endpoint.route)()));
            let resource = resource.default_service(web::to(move || middleware::method_not_allowed(endpoints)));
            app.service(
                resource.wrap(from_fn(move |request, next| middleware::around(path, endpoints, request, next))),
            );
        }
        let nothing = web::resource("{path:.*}").default_service(web::to(middleware::not_found));
        app.service(nothing.wrap(from_fn(|request, next| middleware::around("unknown", &[], request, next))));
    }
}
