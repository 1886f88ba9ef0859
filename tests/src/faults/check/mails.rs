//! C7: the mail server saw every mail at least once, the same to the byte each time, and sent to the right person.

use std::collections::HashMap;

use super::{
    Logged, Violations,
    effects::{JobSeen, job_for},
    fold::Fold,
};

/// A mail as the server took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSeen {
    pub message_id: String,
    pub to: Vec<String>,
    pub raw: Vec<u8>,
}

/// Checks the mails against the jobs that sent them. Returns the number of repeats too.
pub fn check(log: &[Logged], fold: &Fold, jobs: &[JobSeen], mails: &[MailSeen]) -> (Violations, usize) {
    let mut taken: HashMap<&str, Vec<&MailSeen>> = HashMap::new();
    for mail in mails {
        let name = mail.message_id.split('@').next().unwrap_or_default();
        taken.entry(name).or_default().push(mail);
    }
    let states: HashMap<(&str, &str), &str> =
        jobs.iter().filter_map(|job| Some(((job.kind.as_str(), job.key.as_deref()?), job.state.as_str()))).collect();
    let (mut violations, mut repeats) = (vec![], 0);
    for event in log {
        let Some(kind) = job_for(&event.event_type) else { continue };
        let id = event.event_id.to_string();
        let name = format!("{}.{id}", kind.trim_start_matches("email."));
        let copies = taken.remove(name.as_str()).unwrap_or_default();
        let state = states.get(&(kind, id.as_str())).copied();
        if state == Some("completed") && copies.is_empty() {
            violations.push(format!("{name} is said to be sent, and never came"));
        }
        repeats += copies.len().saturating_sub(1);
        if copies.windows(2).any(|pair| pair[0].raw != pair[1].raw) {
            violations.push(format!("{name} was not the same each time"));
        }
        let person = event.user().and_then(|user| fold.at(user, event.version)?.person);
        let wanted = person.map(|person| vec![person.email()]);
        let astray = copies.iter().filter(|mail| Some(&mail.to) != wanted.as_ref());
        violations.extend(astray.map(|mail| format!("{name} went to {:?}", mail.to)));
    }
    violations.extend(taken.keys().map(|name| format!("{name} was sent without cause")));
    (violations, repeats)
}

#[cfg(test)]
mod tests {
    use super::{super::scene::Scene, *};

    #[test]
    fn a_run_without_faults_passes() {
        assert_eq!(checked(&Scene::busy()), (Violations::new(), 0));
    }

    #[test]
    fn a_mail_that_was_not_sent_is_caught() {
        let mut scene = Scene::busy();
        scene.mails.remove(0);
        assert_eq!(checked(&scene).0.len(), 1);
    }

    #[test]
    fn repeats_are_counted_and_must_be_the_same() {
        let mut scene = Scene::busy();
        scene.mails.push(scene.mails[0].clone());
        assert_eq!(checked(&scene), (Violations::new(), 1));
        scene.mails[0].raw.push(b'!');
        assert_eq!(checked(&scene).0.len(), 1);
    }

    #[test]
    fn a_mail_to_somebody_else_is_caught() {
        let mut scene = Scene::busy();
        let (one, other) = (scene.mails[0].to.clone(), scene.mails[1].to.clone());
        (scene.mails[0].to, scene.mails[1].to) = (other, one);
        assert_eq!(checked(&scene).0.len(), 2);
    }

    #[test]
    fn a_mail_without_cause_is_caught() {
        let mut scene = Scene::busy();
        let mail = MailSeen { message_id: "welcome.nothing@localhost".to_owned(), ..scene.mails[0].clone() };
        scene.mails.push(mail);
        assert_eq!(checked(&scene).0.len(), 1);
    }

    fn checked(scene: &Scene) -> (Violations, usize) {
        check(&scene.log, &Fold::of(&scene.history, &scene.log), &scene.jobs, &scene.mails)
    }
}
