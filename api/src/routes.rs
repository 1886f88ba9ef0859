//! Every URL.

use actix_web::web;

use crate::live;

/// Mounts all routes.
pub(crate) fn mount(app: &mut web::ServiceConfig) {
    app.route("/v1/live", web::get().to(live::connect));
}
