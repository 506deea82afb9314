//! Projects and their environments, as `SITES` names them.

use super::answer::json_answer;
use super::project::Call;
use pointsman::document::Intake;
use pointsman::environment::Environment;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use worker::{Env, Request, Response, Result};

/// A project and one of its environments.
pub(super) struct Place {
    /// The project's key.
    pub(super) project: String,
    /// The environment.
    pub(super) environment: Environment,
    /// Which of its collector's objects are meant: those that count what is signed, or what anybody says.
    pub(super) intake: Intake,
}

impl Place {
    /// The name of one of its collector objects.
    pub(super) fn shard(&self, number: u32) -> String {
        let open = if self.intake.is_open() { "/open" } else { "" };
        format!("{}/{}{open}/{number}", self.project, self.environment.name())
    }
}

/// `SITES`: places by host. The Worker's entry has checked them when it started (`worker/place.mjs`).
pub(super) struct Sites(BTreeMap<String, String>);

impl Sites {
    /// Reads the variable.
    pub(super) fn read(env: &Env) -> Result<Self> {
        Ok(Self(serde_json::from_str(&env.var("SITES")?.to_string())?))
    }

    /// The keys of all projects.
    fn projects(&self) -> BTreeSet<&str> {
        let mut projects = BTreeSet::new();
        projects.extend(self.0.values().filter_map(|place| place.split('/').next()));
        projects
    }

    /// The first project by the alphabet.
    pub(super) fn first(&self) -> &str {
        self.projects().first().copied().unwrap_or_default()
    }

    /// The place of these names. A project has all environments, with a site or without.
    pub(super) fn place(&self, project: &str, environment: &str) -> Option<Place> {
        let environment = Environment::from_name(environment)?;
        self.projects().contains(project).then(|| Place {
            project: project.to_string(),
            environment,
            intake: Intake::Signed,
        })
    }

    /// The host of an environment's site: the first by the alphabet, if it has several.
    fn host(&self, project: &str, environment: Environment) -> Option<&str> {
        let place = format!("{project}/{}", environment.name());
        self.0.iter().find(|(_, at)| **at == place).map(|(host, _)| host.as_str())
    }
}

/// `GET /api/v1/projects`: those that the caller belongs to.
pub(super) async fn list(request: &mut Request, env: &Env, sites: &Sites) -> Result<Response> {
    // Sites speak as the console does: http on one machine, https elsewhere.
    let scheme = request.url()?.scheme().to_string();
    let environment = |project, environment| {
        let site = sites.host(project, environment).map(|host| format!("{scheme}://{host}/"));
        json!({"key": environment.name(), "site": site})
    };
    let (mut known, mut name, mut refusal) = (Vec::new(), String::new(), None);
    let call = match Call::read(request, env, "", &["whoami"]).await? {
        Ok(call) => call,
        Err(refusal) => return Ok(refusal),
    };
    for project in sites.projects() {
        match call.of(project).caller(env, None).await? {
            Ok(caller) => {
                name = caller;
                known
                    .push(json!({"key": project, "environments": Environment::ALL.map(|of| environment(project, of))}));
            }
            Err(unknown) => refusal = Some(unknown),
        }
    }
    if let Some(refusal) = refusal.filter(|_| known.is_empty()) {
        return Ok(refusal);
    }
    let now: i64 = env.var("NOW")?.to_string().parse().map_err(|_| worker::Error::from("NOW is not a time"))?;
    let demo = env.var("DEV_CLOCK").is_ok_and(|project| !project.to_string().is_empty());
    json_answer(200, &json!({"projects": known, "person": {"id": name, "name": name}, "demo": demo, "now": now}))
}
