//! Limits in one process, over two processes, and while Redis comes and goes.

use std::net::Ipv4Addr;

use bootstrap::{Config, config::Dsn};
use test_support::TcpProxy;

use super::*;

fn limits(quota: u32) -> Limits {
    let limits = Config::development("postgres://localhost/none").unwrap().limits;
    Limits { anonymous_requests: quota, user_requests: quota, window: Duration::from_secs(60), ..limits }
}

fn alone(quota: u32) -> RateLimits {
    RateLimits::new(&limits(quota), None, "t", &SecretKey::new([1; 32]))
}

fn with_redis(quota: u32, url: &str, prefix: &str) -> RateLimits {
    let url: Dsn = Dsn::parse(url, &["redis"]).unwrap();
    let pool = redis_pool::pool(&url, 4).unwrap();
    RateLimits::new(&limits(quota), Some(pool), prefix, &SecretKey::new([1; 32]))
}

fn address(last: u8) -> Subject {
    Subject::Address(ClientAddress::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))))
}

async fn allowed(limits: &RateLimits, subject: Subject, requests: u32) -> u32 {
    let mut allowed = 0;
    for _ in 0..requests {
        allowed += u32::from(limits.take(Class::Anonymous, subject).await.allowed);
    }
    allowed
}

#[tokio::test]
async fn a_caller_is_let_in_as_often_as_the_limit_says() {
    let limits = alone(3);
    assert_eq!(allowed(&limits, address(1), 5).await, 3);
    assert_eq!(allowed(&limits, address(2), 5).await, 3, "callers do not share a limit");
    let verdict = limits.take(Class::Anonymous, address(1)).await;
    assert!(verdict.resets_in > Duration::from_secs(50), "{verdict:?}");
}

#[tokio::test]
async fn a_caller_is_told_the_limit_and_what_is_left() {
    let mut headers = HeaderMap::new();
    alone(3).take(Class::Anonymous, address(1)).await.write(&mut headers);
    assert_eq!(headers.get(POLICY_HEADER).unwrap(), "\"anonymous\";q=3;w=60");
    assert_eq!(headers.get(LIMIT_HEADER).unwrap(), "\"anonymous\";r=2;t=60");
}

#[test]
fn a_window_that_has_ended_begins_anew() {
    let start = Instant::now();
    let mut window = Window::new(start, Duration::from_secs(1));
    assert_eq!((window.count(1), window.count(1)), (Some(0), None));
    window.renew(start + Duration::from_millis(999), Duration::from_secs(1));
    assert_eq!(window.count(1), None);
    window.renew(start + Duration::from_secs(1), Duration::from_secs(1));
    assert_eq!(window.count(1), Some(0));
}

#[tokio::test]
async fn processes_share_one_limit_through_redis() {
    let (url, prefix) = (test_support::redis_url(), test_support::unique_prefix());
    let (one, other) = (with_redis(10, &url, &prefix), with_redis(10, &url, &prefix));
    assert_eq!(allowed(&one, address(1), 6).await + allowed(&other, address(1), 6).await, 10);
    assert!(!one.take(Class::Anonymous, address(1)).await.allowed);
}

/// Permits come in lots of two here: those that one process did not spend count against the caller, never for it.
#[tokio::test]
async fn lots_never_exceed_the_limit() {
    let (url, prefix) = (test_support::redis_url(), test_support::unique_prefix());
    let processes: Vec<_> = (0..4).map(|_| with_redis(200, &url, &prefix)).collect();
    let mut total = 0;
    for round in 0..100 {
        total += allowed(&processes[round % 4], address(1), 3).await;
    }
    assert!((190..=200).contains(&total), "{total}");
}

#[tokio::test]
async fn requests_are_counted_alone_while_redis_is_away_and_together_afterwards() {
    let url = test_support::redis_url();
    let (proxy, through_proxy) = TcpProxy::in_front_of(&url).await;
    let prefix = test_support::unique_prefix();
    let (near, far) = (with_redis(10, &through_proxy, &prefix), with_redis(10, &url, &prefix));
    assert_eq!(allowed(&near, address(1), 2).await, 2);
    proxy.refuse();
    assert_eq!(allowed(&near, address(1), 4).await, 4, "Redis is not needed");
    proxy.resume();
    let asked_again = async {
        while near.shared.as_ref().unwrap().is_paused() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked_again).await.unwrap();
    assert_eq!(allowed(&near, address(1), 1).await, 1);
    assert_eq!(allowed(&far, address(1), 10).await, 3, "what was counted alone counts");
}
