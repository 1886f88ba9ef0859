//! Who gets in where: every route of a table, for everybody there is. For the routes of extensions, too.

use std::{net::SocketAddr, time::Duration};

use api::routes::{Access, Endpoint};
use uuid::Uuid;

use crate::http::{Call, Reply};

const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who comes to a route.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// For the case to tell them apart.
    pub name: &'static str,
    /// What they show; `None` is nobody in particular.
    pub bearer: Option<String>,
}

/// Tries every route with every visitor, with ids that name nothing, and compares whom it lets in with `may`: what a
/// person who reads the documentation would say, written down apart from the table. What else is wrong with a request
/// does not matter.
///
/// # Panics
/// When a route lets somebody in whom it should not, or the other way round, or refuses in another way than all others.
pub async fn check(
    address: SocketAddr,
    endpoints: &[Endpoint],
    visitors: &[Visitor],
    may: impl Fn(&str, &str, &str) -> bool,
) {
    for endpoint in endpoints {
        for visitor in visitors {
            let (method, path) = (endpoint.method.as_str(), endpoint.path);
            let what = format!("{method} {path} for {}", visitor.name);
            let reply = call(endpoint, visitor).send(address, PATIENCE).await.expect("an answer");
            let expected = may(method, path, visitor.name);
            assert_eq!(!is_refused(&reply), expected, "{what}: {} {}", reply.status, reply.json());
            if visitor.bearer.is_none() && endpoint.access != Access::Public {
                assert_eq!(reply.problem().as_deref(), Some("unauthenticated"), "{what}");
            }
        }
    }
}

fn call(endpoint: &Endpoint, visitor: &Visitor) -> Call {
    let path = endpoint.path.replace("{id}", &Uuid::nil().to_string()).replace("{name}", "nothing");
    let body = serde_json::json!({});
    let call = match endpoint.method.as_str() {
        "POST" => Call::post(path, body),
        "PATCH" => Call::patch(path, body),
        "DELETE" => Call::delete(path),
        "GET" => Call::get(path),
        other => panic!("this check does not know the method {other}"),
    };
    match &visitor.bearer {
        Some(bearer) => call.token(bearer),
        None => call,
    }
}

/// Turned away at the door, for who one is.
fn is_refused(reply: &Reply) -> bool {
    match reply.status {
        401 => true,
        403 => reply.problem().as_deref() == Some("forbidden"),
        _ => false,
    }
}
