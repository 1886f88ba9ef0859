//! Puts what a run left behind before the checkers.

use std::sync::Arc;

use bootstrap::Shutdown;
use messaging::InProcessBus;
use projections::{rebuild::Rebuild, users::UserRow};

use super::{
    check::{
        Violations, causality, commands, effects,
        fold::Fold,
        mails, order, read_models, streams,
        subscribers::{self, Line},
    },
    collect,
    run::Run,
    subscriber::Seen,
};

pub(super) async fn judge(run: &mut Run) {
    let (history, log) = (run.load.history(), collect::log_of(&mut run.connection).await);
    let (rows, jobs) = (collect::read_model(&mut run.connection).await, collect::jobs(&mut run.connection).await);
    let (fold, taken) = (Fold::of(&history, &log), collect::mails(&run.cluster.sink));
    let rebuilt = rebuild(run, &rows).await;
    let report = &mut run.report;
    report.describe(&history);
    report.note(format!("{} events in {} streams", log.len(), fold.0.len()));
    report.find("C1 commands", commands::check(&history, &log));
    report.find("C2 streams", streams::check(&log));
    report.find("C3 order", order::check(&log, &run.reader.noted()));
    report.find("C4 causality", causality::check(&history, &log));
    report.find("C5 read model", read_models::check(&fold, &rows));
    report.find("C5 reads", read_models::check_reads(&history, &fold));
    report.find("C5 rebuild", rebuilt);
    report.find("C6 jobs", effects::check(&log, &jobs));
    let (violations, repeats) = effects::check_feed(&log, &run.feed.received());
    report.note(format!("{repeats} events came to the feed again"));
    report.find("C6 feed", violations);
    let (violations, repeats) = mails::check(&log, &fold, &jobs, &taken);
    report.note(format!("{} mails, {repeats} of them again", taken.len()));
    report.find("C7 mails", violations);
    judge_subscribers(run, &fold);
}

fn judge_subscribers(run: &mut Run, fold: &Fold) {
    let transcripts: Vec<_> = run.subscribers.iter().map(Seen::transcript).collect();
    let count = |wanted: fn(&Line) -> bool| -> usize {
        transcripts.iter().map(|transcript| transcript.lines.iter().filter(|line| wanted(line)).count()).sum()
    };
    let connections = count(|line| matches!(line, Line::Asked { .. }));
    let resumed = count(|line| matches!(line, Line::Subscribed { resumed: true, .. }));
    let changes = count(|line| matches!(line, Line::Changed { .. }));
    run.report.note(format!("{connections} live connections, {resumed} resumed, {changes} changes pushed"));
    let wrong = transcripts.iter().flat_map(|transcript| subscribers::check(transcript, fold));
    run.report.find("C8 subscribers", wrong.collect());
}

/// Makes the read model again from the log, and compares.
async fn rebuild(run: &mut Run, before: &[UserRow]) -> Violations {
    let projection = projections::by_name("users").expect("there is such a projection");
    let rebuild = Rebuild::new(projection, run.cluster.database.url(), Arc::new(InProcessBus::new()));
    match rebuild.run(&Shutdown::new()).await {
        Ok(_) => read_models::check_rebuild(before, &collect::read_model(&mut run.connection).await),
        Err(error) => vec![format!("the rebuild failed: {error}")],
    }
}
