//! Every URL: who may use it, and which limit it counts against.

use std::collections::BTreeMap;

use actix_web::{Handler, Responder, Route, guard, http::Method, middleware::from_fn, web};

use crate::{
    auth::{jwks, login},
    docs, health, live,
    middleware::{self, rate_limit::Class},
    openapi, users,
};

/// Who may use a route. Checked before the handler runs, in one place: middleware/admission.rs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has a valid access token.
    SignedIn,
    /// Whoever has the role `admin` at this moment.
    Admin,
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
    route: fn() -> Route,
}

/// Where live connections begin.
pub(crate) const LIVE: &str = "/v1/live";

/// All endpoints of the API.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    public(Method::POST, "/v1/auth/register", Some(Class::Credential), || web::post().to(users::register::register)),
    public(Method::POST, "/v1/auth/login", Some(Class::Credential), || web::post().to(login::login)),
    public(Method::GET, "/.well-known/jwks.json", None, || get(jwks::jwks)),
    signed_in(Method::GET, "/v1/users/me", || get(users::me::me)),
    signed_in(Method::PATCH, "/v1/users/me", || web::patch().to(users::change_profile::change_profile)),
    admin(Method::GET, "/v1/users", || get(users::list::list)),
    admin(Method::GET, "/v1/users/{id}", || get(users::show::show)),
    public(Method::GET, LIVE, Some(Class::Live), || web::get().to(live::connect)),
    public(Method::GET, "/v1/openapi.json", None, || get(openapi::document)),
    public(Method::GET, "/docs", None, || get(docs::page)),
    public(Method::GET, "/docs/docs.js", None, || get(docs::script)),
    public(Method::GET, "/docs/docs.css", None, || get(docs::style)),
    public(Method::GET, "/health", None, || get(health::report)),
    public(Method::GET, "/health/live", None, || get(health::live)),
    public(Method::GET, "/health/ready", None, || get(health::ready)),
    public(Method::GET, "/", None, || get(docs::start)),
];

const fn public(method: Method, path: &'static str, class: Option<Class>, route: fn() -> Route) -> Endpoint {
    Endpoint { method, path, access: Access::Public, class, route }
}

const fn signed_in(method: Method, path: &'static str, route: fn() -> Route) -> Endpoint {
    Endpoint { method, path, access: Access::SignedIn, class: Some(Class::User), route }
}

const fn admin(method: Method, path: &'static str, route: fn() -> Route) -> Endpoint {
    Endpoint { method, path, access: Access::Admin, class: Some(Class::User), route }
}

/// A read: HEAD is answered like GET, without the body.
fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler)
}

/// The endpoints of each URL, in the order of the table.
pub(crate) struct Resources(Vec<(&'static str, &'static [&'static Endpoint])>);

impl Resources {
    /// Made once for the process: what middleware refers to lives as long as it does.
    pub(crate) fn new() -> Self {
        let mut by_path: BTreeMap<&'static str, Vec<&'static Endpoint>> = BTreeMap::new();
        for endpoint in ENDPOINTS {
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
