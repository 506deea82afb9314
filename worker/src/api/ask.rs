//! Questions to the Durable Objects of a place.

use super::projects::Place;
use serde::de::DeserializeOwned;
use serde_json::Value;
use worker::{Env, Method, Request, RequestInit, Result};

/// Asks the project's control object about an environment. Gives status and body.
pub(super) async fn control(env: &Env, place: &Place, operation: &str) -> Result<(u16, Value)> {
    object(env, "CONTROL", &place.project, operation, place.environment.name(), "").await
}

/// Asks all shards of a place, and gives each one's answer.
pub(super) async fn shards<T: DeserializeOwned>(
    env: &Env,
    place: &Place,
    operation: &str,
    argument: &str,
) -> Result<Vec<T>> {
    let count: u32 =
        env.var("SHARDS")?.to_string().parse().map_err(|_| worker::Error::from("SHARDS is not a number"))?;
    let mut answers = Vec::new();
    for shard in 0..count {
        let (status, body) = object(env, "SHARD", &place.shard(shard), operation, argument, "").await?;
        if status != 200 {
            return Err(worker::Error::from(body.to_string()));
        }
        answers.push(serde_json::from_value(body)?);
    }
    Ok(answers)
}

/// Asks one Durable Object. Gives status and body; statuses other than 200 have changed nothing.
pub(super) async fn object(
    env: &Env,
    namespace: &str,
    name: &str,
    operation: &str,
    argument: &str,
    body: &str,
) -> Result<(u16, Value)> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.into()));
    let url = format!("http://object/{operation}?{argument}");
    let stub = env.durable_object(namespace)?.get_by_name(name)?;
    let mut response = stub.fetch_with_request(Request::new_with_init(&url, &init)?).await?;
    Ok((response.status_code(), response.json().await?))
}
