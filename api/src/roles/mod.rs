//! Roles: what they permit, defined by administrators.

pub mod change;
pub mod define;
pub mod delete;
mod fields;
pub mod list;
pub mod show;
mod view;

use actix_web::{HttpResponse, HttpResponseBuilder};
use domain::roles::{Offer, RoleName, Roles};
use event_store::Executed;

pub(crate) use fields::parse_permissions;
pub use view::RoleView;

use crate::{
    answer,
    auth::{Caller, RoleBook},
    error::{ApiError, ApiResult},
    state::AppState,
};

/// The role that a URL names; what is no name names nothing.
pub(crate) fn named(text: &str) -> ApiResult<RoleName> {
    RoleName::parse(text).map_err(|_| ApiError::NotFound)
}

/// Nobody gives or takes more than they have: whoever manages roles would be an administrator otherwise.
pub(crate) fn refuse_beyond(caller: &Caller, roles: &Roles, offers: &[Offer], role: &RoleName) -> ApiResult<()> {
    let concerned = roles.permissions_offered(std::slice::from_ref(role), offers);
    if caller.permissions().cover(&concerned) { Ok(()) } else { Err(ApiError::Forbidden) }
}

/// The role as a command left it, or as it is by now when the command was a repeat.
async fn answer_changed(
    state: &AppState,
    done: Executed<Roles>,
    role: &RoleName,
    response: HttpResponseBuilder,
) -> ApiResult<HttpResponse> {
    let (roles, version) = match done.state {
        Some(roles) => (roles, done.version),
        None => {
            let loaded = state.events.load::<Roles>(&RoleBook::stream()).await?;
            (loaded.state, loaded.version)
        }
    };
    let view = RoleView::of(&roles, state.roles.offers(), role).ok_or(ApiError::NotFound)?;
    Ok(answer::changed(response, &view, version, done.position))
}
