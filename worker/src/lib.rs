//! The third part of the Worker: the console, the API and the logic of the Durable Objects.
//!
//! It never stands on a visitor's path. If it panics, one API call or one transaction fails and pages go on.

mod api;
mod bridge;
mod objects;

use worker::{Context, Env, Request, Response, Result, event};

/// A request to the console's host.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    api::answer(request, env).await
}
