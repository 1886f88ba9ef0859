//! Answer times give nobody away: for each route that names an address, whether answers about known ones can be told
//! from answers about unknown ones by how long they take.

use std::time::{Duration, Instant};

use anyhow::ensure;
use api::Options;
use rand::seq::SliceRandom;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    application::{Application, PASSWORD, Wiring},
    http::Client,
    report::{Report, quantile_ms},
};

const SCENARIO: &str = "timing";
/// Of each kind, for each route. Nobody is asked about twice, so no delay of an account gets in between.
const REQUESTS: usize = 2_000;
/// The cheapest there is: what differs is not to be hidden by how much one hash takes longer than another.
const PASSWORD_COST: u32 = 4;
const SEEDERS: usize = 32;
/// Longer than a link was just mailed for: within it nothing is written for those who ask for another one.
const RECENTLY: Duration = Duration::from_secs(61);
/// What goes on after an answer is mostly over by then, and blurs no other answer.
const SETTLE: Duration = Duration::from_millis(1);
/// Of the normal distribution: 99 % are no further than this from the middle, in standard deviations.
const NINETY_NINE_PERCENT: f64 = 2.576;

/// A route, and what is sent there.
struct Route {
    name: &'static str,
    target: &'static str,
    status: u16,
    password: Option<&'static str>,
    /// Who is unknown; five letters, as for those who are known.
    stranger: &'static str,
}

const KNOWN: &str = "known";
const LOGIN: Route = Route {
    name: "login",
    target: "/v1/auth/login",
    status: 401,
    password: Some("not the right password"),
    stranger: "login",
};
const REGISTER: Route =
    Route { name: "register", target: "/v1/auth/register", status: 202, password: Some(PASSWORD), stranger: "fresh" };
const FORGOT: Route = Route {
    name: "forgot-password",
    target: "/v1/auth/forgot-password",
    status: 202,
    password: None,
    stranger: "forgo",
};
const RESEND: Route = Route {
    name: "resend-verification",
    target: "/v1/auth/resend-verification",
    status: 202,
    password: None,
    stranger: "again",
};

/// Where the process finds those it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// In memory: whoever was registered, or asked about, a moment ago.
    InMemory,
    /// In the log, and their keys in the keys' database.
    InLog,
}

pub(crate) async fn run(report: &mut Report) -> anyhow::Result<()> {
    let application = start(Known::InMemory).await?;
    let seeded = Instant::now();
    // First: opened keys are remembered for a minute.
    compare(report, &application, &LOGIN, Known::InMemory).await?;
    compare(report, &application, &REGISTER, Known::InMemory).await?;
    tokio::time::sleep(RECENTLY.saturating_sub(seeded.elapsed())).await;
    compare(report, &application, &FORGOT, Known::InMemory).await?;
    compare(report, &application, &RESEND, Known::InMemory).await?;
    application.stop().await?;

    let application = start(Known::InLog).await?;
    let seeded = Instant::now();
    compare(report, &application, &REGISTER, Known::InLog).await?;
    tokio::time::sleep(RECENTLY.saturating_sub(seeded.elapsed())).await;
    compare(report, &application, &LOGIN, Known::InLog).await?;
    application.stop().await
}

/// An application that knows enough people, none of whom has verified their address.
async fn start(known: Known) -> anyhow::Result<Application> {
    let mut options = Options { password_cost: PASSWORD_COST, ..Options::default() };
    if known == Known::InLog {
        options.store.cached_aggregates = 0;
    }
    let application = Application::start_as(Wiring::Embedded, options).await?;
    let mut seeders = JoinSet::new();
    for first in 0..SEEDERS {
        let mut client = Client::connect(application.address).await?;
        seeders.spawn(async move {
            for number in (first..REQUESTS).step_by(SEEDERS) {
                timed(&mut client, &REGISTER, KNOWN, number).await?;
            }
            anyhow::Ok(())
        });
    }
    for seeder in seeders.join_all().await {
        seeder?;
    }
    Ok(application)
}

/// Asks about known and unknown people in random order, one at a time over one connection.
async fn compare(
    report: &mut Report,
    application: &Application,
    route: &Route,
    where_known: Known,
) -> anyhow::Result<()> {
    let numbers = 0..REQUESTS;
    let mut asked: Vec<_> = numbers.flat_map(|number| [(true, number), (false, number)]).collect();
    asked.shuffle(&mut rand::rng());
    let mut client = Client::connect(application.address).await?;
    let (mut known, mut unknown) = (vec![], vec![]);
    for (is_known, number) in asked {
        let who = if is_known { KNOWN } else { route.stranger };
        let took = timed(&mut client, route, who, number).await?;
        if is_known {
            known.push(took)
        } else {
            unknown.push(took)
        }
        tokio::time::sleep(SETTLE).await;
    }
    let name = match where_known {
        Known::InMemory => route.name.to_owned(),
        Known::InLog => format!("{}, not in memory", route.name),
    };
    for (who, took) in [("known", &mut known), ("unknown", &mut unknown)] {
        report.add(SCENARIO, format!("{name}, {who}, median"), quantile_ms(took, 0.5) * 1e3, "us");
    }
    let slower = chance_of_slower(&known, &unknown) * 100.0;
    let off = chance_bound(known.len(), unknown.len()) * 100.0;
    let target = format!("{:.2} to {:.2}", 50.0 - off, 50.0 + off);
    report.add_with_target(SCENARIO, format!("{name}, known is slower"), slower, "%", Some(&target));
    Ok(())
}

async fn timed(client: &mut Client, route: &Route, who: &str, number: usize) -> anyhow::Result<Duration> {
    let mut body = json!({ "email": format!("{who}-{number:05}@example.org") });
    if let Some(password) = route.password {
        body["password"] = password.into();
    }
    let body = body.to_string();
    let asked = Instant::now();
    let answer = client.send("POST", route.target, "", &body).await?;
    let took = asked.elapsed();
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == route.status, "{}: status {}: {text}", route.name, answer.status);
    Ok(took)
}

/// The chance that one of `these` took longer than one of `those`, equal ones counted by half: the statistic U of Mann
/// and Whitney, divided by the number of pairs. 0.5 where nothing tells them apart.
fn chance_of_slower(these: &[Duration], those: &[Duration]) -> f64 {
    let mut sorted = those.to_vec();
    sorted.sort_unstable();
    let wins = |this: &Duration| {
        let (shorter, not_longer) =
            (sorted.partition_point(|that| that < this), sorted.partition_point(|that| that <= this));
        (shorter + not_longer) as f64 / 2.0
    };
    these.iter().map(wins).sum::<f64>() / (these.len() * those.len()) as f64
}

/// How far from 0.5 the chance is in 99 of 100 measurements of so many, where there is no difference.
fn chance_bound(these: usize, those: usize) -> f64 {
    let (these, those) = (these as f64, those as f64);
    NINETY_NINE_PERCENT * ((these + those + 1.0) / (12.0 * these * those)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(values: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        values.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn what_is_always_slower_is_slower_for_certain() {
        let (slow, fast) = (millis(10..20), millis(0..10));
        assert_eq!(chance_of_slower(&slow, &fast), 1.0);
        assert_eq!(chance_of_slower(&fast, &slow), 0.0);
    }

    #[test]
    fn equal_times_count_by_half() {
        assert_eq!(chance_of_slower(&millis([7, 7, 7]), &millis([7, 7])), 0.5);
        // 3 is slower than 1, equal to 3, faster than 4; 2 is slower than 1 only.
        assert_eq!(chance_of_slower(&millis([3, 2]), &millis([4, 1, 3])), 2.5 / 6.0);
    }

    #[test]
    fn times_of_one_kind_stay_within_the_bound_and_a_shift_of_a_fifth_of_their_spread_does_not() {
        // Two interleaved halves of one sequence that fills its range evenly.
        let spread = |shift: u64| move |number: u64| Duration::from_micros(number * 7_919 % 10_007 + shift);
        let these: Vec<_> = (0..4_000).step_by(2).map(spread(0)).collect();
        let those: Vec<_> = (1..4_000).step_by(2).map(spread(0)).collect();
        let shifted: Vec<_> = (0..4_000).step_by(2).map(spread(2_000)).collect();
        let bound = chance_bound(these.len(), those.len());
        assert!((chance_of_slower(&these, &those) - 0.5).abs() < bound);
        assert!(chance_of_slower(&shifted, &those) - 0.5 > bound);
    }

    #[test]
    fn two_times_two_thousand_tell_a_chance_of_one_in_forty() {
        assert!((chance_bound(2_000, 2_000) - 0.02352).abs() < 1e-4);
    }
}
