//! What a crate outside this workspace's own adds to the API: routes, and what they stand on.

use std::{collections::HashSet, fmt, sync::Arc};

use actix_web::web;
use anyhow::ensure;
use bootstrap::{Config, config::ConfigError};
use domain::roles::{Offer, permission::KNOWN};
use utoipa::openapi::OpenApi;

use crate::{
    error::ProblemKind,
    routes::{Access, ENDPOINTS, Endpoint},
};

pub(crate) type Configure = Arc<dyn Fn(&mut web::ServiceConfig) + Send + Sync>;
type ReadData = Arc<dyn Fn(&Config) -> Result<Configure, ConfigError> + Send + Sync>;

/// Routes beside the product's own. They go through the same limits, access checks and document.
#[derive(Clone, Default)]
pub struct Extension {
    pub(crate) endpoints: Vec<&'static Endpoint>,
    documents: Vec<fn() -> OpenApi>,
    pub(crate) offers: Vec<Offer>,
    pub(crate) problems: Vec<&'static ProblemKind>,
    data: Vec<ReadData>,
}

impl Extension {
    /// Endpoints as [`ENDPOINTS`] has them, and the part of the OpenAPI document that describes them.
    #[must_use]
    pub fn routes(mut self, endpoints: &'static [Endpoint], document: fn() -> OpenApi) -> Self {
        self.endpoints.extend(endpoints);
        self.documents.push(document);
        self
    }

    /// Permissions that routes demand, and that roles can be given.
    #[must_use]
    pub fn permissions(mut self, offers: &[Offer]) -> Self {
        self.offers.extend(offers);
        self
    }

    /// Kinds of problems that handlers answer with beside those of every route, for the document.
    #[must_use]
    pub fn problems(mut self, kinds: &'static [ProblemKind]) -> Self {
        self.problems.extend(kinds);
        self
    }

    /// Something that handlers take as `web::Data<T>`, such as settings; read once when the API is started.
    #[must_use]
    pub fn data<T: Send + Sync + 'static>(
        mut self,
        read: impl Fn(&Config) -> Result<T, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        self.data.push(Arc::new(move |config| {
            let data = web::Data::new(read(config)?);
            Ok(Arc::new(move |app: &mut web::ServiceConfig| {
                app.app_data(data.clone());
            }))
        }));
        self
    }

    /// Reads what handlers take.
    pub(crate) fn configure(&self, config: &Config) -> Result<Vec<Configure>, ConfigError> {
        self.data.iter().map(|read| read(config)).collect()
    }

    pub(crate) fn documents(&self) -> impl Iterator<Item = OpenApi> {
        self.documents.iter().map(|document| document())
    }
}

/// Refuses routes that are there twice, and those that nobody could be let in to.
pub(crate) fn check(extensions: &[Extension]) -> anyhow::Result<()> {
    let further = || extensions.iter().flat_map(|extension| extension.endpoints.iter().copied());
    let mut seen = HashSet::new();
    for Endpoint { method, path, .. } in ENDPOINTS.iter().chain(further()) {
        ensure!(seen.insert((method, path)), "the route {method} {path} is there twice");
    }
    let offers: Vec<Offer> = extensions.iter().flat_map(|extension| extension.offers.clone()).collect();
    for Endpoint { method, path, access, .. } in further() {
        let Access::Permission { resource, action, .. } = access else { continue };
        let is_offered = offers.iter().any(|offer| (offer.resource, offer.action) == (*resource, *action));
        let is_known = is_offered || KNOWN.contains(&(*resource, *action));
        ensure!(is_known, "{method} {path} demands {resource}:{action}, which nobody can be given");
    }
    Ok(())
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoints, offers, problems, .. } = self;
        let shown = &mut formatter.debug_struct("Extension");
        shown.field("endpoints", endpoints).field("offers", offers).field("problems", problems).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{HttpResponse, http::Method};

    use super::*;
    use crate::routes;

    static AGAIN: [Endpoint; 1] = [routes::own(Method::GET, "/v1/users/me", ("users", "read"), || {
        routes::get(async || HttpResponse::Ok().finish())
    })];
    static UNKNOWN: [Endpoint; 1] = [routes::own(Method::GET, "/v1/moons", ("moons", "read"), || {
        routes::get(async || HttpResponse::Ok().finish())
    })];
    const MOONS: [Offer; 1] = [Offer { resource: "moons", action: "read", to_members: true }];

    fn document() -> OpenApi {
        OpenApi::default()
    }

    #[test]
    fn a_route_that_the_product_has_cannot_be_added() {
        let refused = check(&[Extension::default().routes(&AGAIN, document)]).unwrap_err().to_string();
        assert_eq!(refused, "the route GET /v1/users/me is there twice");
        let twice = Extension::default().routes(&UNKNOWN, document).permissions(&MOONS);
        assert!(check(&[twice.clone(), twice]).is_err());
    }

    #[test]
    fn a_route_that_demands_what_nobody_can_have_is_refused() {
        let extension = Extension::default().routes(&UNKNOWN, document);
        let refused = check(std::slice::from_ref(&extension)).unwrap_err().to_string();
        assert_eq!(refused, "GET /v1/moons demands moons:read, which nobody can be given");
        assert!(check(&[extension.permissions(&MOONS)]).is_ok());
        assert!(check(&[]).is_ok());
    }
}
