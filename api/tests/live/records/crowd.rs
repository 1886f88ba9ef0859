//! Many subscribers who come and go while records are created, changed, moved in and out of rules and filters, and deleted:
//! all of them end up with what is theirs, and are never told of anything else.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt, stream};
use rand::{RngExt, seq::IndexedRandom};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::board::{Board, NOTES};
use crate::client::{Client, Follower};

const PEOPLE: usize = 20;
const SUBSCRIBERS: usize = 500;
const ROUNDS: usize = 30;
const OPERATIONS: usize = 25;

/// What a note is, as far as anybody's sight depends on it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Note {
    is_open: bool,
    owner: Uuid,
    rank: i64,
}

/// Every state that each note was in; `None` is its end.
pub(super) type Histories = BTreeMap<Uuid, Vec<Option<Note>>>;

/// Who looks at what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looker {
    pub(super) user: Uuid,
    /// Reads everybody's records.
    reads_all: bool,
    pub(super) filter: Filter,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Filter {
    Everything,
    HighRanks,
    Own,
    One(Uuid),
}

impl Looker {
    /// What the rule of [`super::board::rules`] and the filter say, in other words.
    fn sees(&self, id: Uuid, note: &Note) -> bool {
        let may = self.reads_all || note.is_open || note.owner == self.user;
        may && match self.filter {
            Filter::Everything => true,
            Filter::HighRanks => note.rank > 50,
            Filter::Own => note.owner == self.user,
            Filter::One(one) => one == id,
        }
    }

    pub(super) fn subscription(&self, follower: &Follower) -> Value {
        let topic = match self.filter {
            Filter::One(id) => format!("{NOTES}/records/{id}"),
            Filter::Everything | Filter::HighRanks | Filter::Own => NOTES.to_owned(),
        };
        let filter = match self.filter {
            Filter::Everything | Filter::One(_) => None,
            Filter::HighRanks => Some("record.rank > 50"),
            Filter::Own => Some("record.owner == user.id"),
        };
        let mut asked = json!({"t": "sub", "id": follower.id, "topic": topic});
        if let Some(filter) = filter {
            asked["filter"] = json!(filter);
        }
        if !follower.epoch.is_empty() {
            (asked["after"], asked["epoch"]) = (json!(follower.position), json!(follower.epoch));
        }
        asked
    }

    /// How many notes are not as they are to be, and how many keys were told that never could be.
    pub(super) fn faults(&self, follower: &Follower, histories: &Histories) -> (usize, usize) {
        let there = histories.iter().filter_map(|(id, history)| Some((*id, history.last()?.as_ref()?)));
        let theirs: BTreeMap<String, &Note> =
            there.filter(|(id, note)| self.sees(*id, note)).map(|(id, note)| (id.to_string(), note)).collect();
        let known = |id: &String| follower.records.get(id).map(|(_, data)| note_of(data));
        let missing = theirs.iter().filter(|(id, note)| known(id).as_ref() != Some(**note)).count();
        let stale = follower.records.keys().filter(|id| !theirs.contains_key(*id)).count();
        let ever = |id: &Uuid| histories[id].iter().flatten().any(|note| self.sees(*id, note));
        let seen: BTreeSet<String> = histories.keys().filter(|id| ever(id)).map(Uuid::to_string).collect();
        (missing, stale + follower.heard.difference(&seen).count())
    }
}

fn note_of(data: &Value) -> Note {
    let owner = data["owner"].as_str().and_then(|id| id.parse().ok()).expect("an owner");
    Note { is_open: data["status"] == "open", owner, rank: data["rank"].as_i64().expect("a rank") }
}

pub(super) fn data_of(note: &Note) -> Value {
    let status = if note.is_open { "open" } else { "closed" };
    json!({"status": status, "owner": note.owner, "rank": note.rank})
}

pub(super) fn any_note(people: &[Uuid]) -> Note {
    let mut random = rand::rng();
    let owner = *people.choose(&mut random).expect("somebody");
    Note { is_open: random.random_bool(0.5), owner, rank: random.random_range(0..100) }
}

pub(super) struct Scene {
    pub(super) board: Arc<Board>,
    pub(super) people: Vec<Uuid>,
    pub(super) lookers: Vec<Looker>,
    pub(super) histories: Histories,
}

impl Scene {
    pub(super) async fn set(subscribers: usize) -> Self {
        let board = Arc::new(Board::start().await);
        let people = board.app.register_many(PEOPLE).await;
        // One in ten of them is not bound by rules.
        let support = board.app.define_role("support", &["records:read:all"]).await;
        for person in people.iter().take(PEOPLE / 10) {
            board.app.grant(*person, support.clone()).await;
        }
        let notes: Vec<Note> = (0..3 * PEOPLE).map(|_| any_note(&people)).collect();
        let create = async |note: Note| (board.create(&data_of(&note)).await, vec![Some(note)]);
        let histories: Histories = stream::iter(notes.into_iter().map(create)).buffered(16).collect().await;
        let ids: Vec<Uuid> = histories.keys().copied().collect();
        let looker = |number: usize| {
            let filters = [Filter::Everything, Filter::HighRanks, Filter::Own, Filter::One(ids[number % ids.len()])];
            let at = number % PEOPLE;
            Looker { user: people[at], reads_all: at < PEOPLE / 10, filter: filters[number / PEOPLE % filters.len()] }
        };
        let lookers = (0..subscribers).map(looker).collect();
        Self { board, people, lookers, histories }
    }

    /// Lets things happen, and ends with a note for each person that they see through every filter.
    pub(super) async fn happen(&mut self, rounds: usize) -> Ending {
        for round in 0..rounds {
            // Now and then the bus loses what follows.
            self.board.app.bus.lose_notices(round % 4 == 1);
            let ids: Vec<Uuid> = self.histories.keys().copied().collect();
            let chosen: BTreeSet<Uuid> = ids.sample(&mut rand::rng(), OPERATIONS).copied().collect();
            let operations = chosen.into_iter().filter_map(|id| self.operation(id));
            let operations: Vec<(Uuid, Option<Note>)> = operations.collect();
            let carry_out = async |(id, note): &(Uuid, Option<Note>)| match note {
                Some(note) => self.board.change(*id, &data_of(note)).await,
                None => self.board.delete(*id).await,
            };
            let _: Vec<i64> = stream::iter(&operations).map(carry_out).buffer_unordered(8).collect().await;
            for (id, note) in operations {
                self.histories.entry(id).or_default().push(note);
            }
            let new = any_note(&self.people);
            self.histories.insert(self.board.create(&data_of(&new)).await, vec![Some(new)]);
        }
        self.board.app.bus.lose_notices(false);
        let mut fences = BTreeMap::new();
        for person in &self.people {
            let fence = Note { is_open: true, owner: *person, rank: 1000 };
            let id = self.board.create(&data_of(&fence)).await;
            fences.insert(id, fence.clone());
            self.histories.insert(id, vec![Some(fence)]);
        }
        Ending { histories: self.histories.clone(), fences }
    }

    /// What is done to a note that is still there: mostly one thing about it changes.
    fn operation(&self, id: Uuid) -> Option<(Uuid, Option<Note>)> {
        let before = self.histories[&id].last()?.clone()?;
        let other = any_note(&self.people);
        let after = match rand::rng().random_range(0..10) {
            0 => return Some((id, None)),
            1..4 => Note { is_open: !before.is_open, ..before.clone() },
            4..6 => Note { owner: other.owner, ..before.clone() },
            6..9 => Note { rank: other.rank, ..before.clone() },
            _ => other,
        };
        (after != before).then_some((id, Some(after)))
    }
}

#[derive(Debug)]
pub(super) struct Ending {
    pub(super) histories: Histories,
    /// The last notes: each person sees one at least, through every filter.
    fences: BTreeMap<Uuid, Note>,
}

/// What is withheld from a client, to see that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Withheld {
    Nothing,
    Removals,
    EveryThirdUpsert,
}

/// Follows, and loses the connection at random, until all is told; returns what is wrong then.
async fn come_and_go(
    board: Arc<Board>,
    looker: Looker,
    withheld: Withheld,
    mut ended: watch::Receiver<Option<Arc<Ending>>>,
) -> (usize, usize) {
    let mut follower = Follower::new(2);
    let mut lives = rand::rng().random_range(1..4);
    loop {
        let mut client = Client::signed_in(&board.app, looker.user).await;
        if follower.reset.as_deref() == Some("epoch") {
            follower.epoch.clear();
        }
        client.send(looker.subscription(&follower)).await;
        follower = follower.resumed(2);
        while follower.mode.is_empty() && follower.reset.is_none() {
            let message = client.next().await;
            if message["t"] == "err" {
                // So many at once may be too many for the moment: they ask again.
                assert_eq!(message["retry"], true, "{message}");
                client.send(looker.subscription(&follower)).await;
            } else {
                take(&looker, &mut follower, &message, Withheld::Nothing);
            }
        }
        let enough = if lives == 0 { usize::MAX } else { rand::rng().random_range(0..3) };
        while follower.changes < enough && follower.reset.is_none() {
            let ending = ended.borrow().clone();
            match &ending {
                // Those who wait for nothing more come back once more.
                Some(_) if lives > 0 => break,
                Some(ending) if is_done(&looker, &follower, ending) => {
                    return looker.faults(&follower, &ending.histories);
                }
                Some(_) | None => {}
            }
            tokio::select! {
                message = client.next() => take(&looker, &mut follower, &message, withheld),
                changed = ended.changed(), if ending.is_none() => changed.expect("somebody tells"),
            }
        }
        lives -= usize::from(lives > 0);
    }
}

/// Takes a message in, which must not show anything that is not to be seen.
fn take(looker: &Looker, follower: &mut Follower, message: &Value, withheld: Withheld) {
    if message["op"] == "upsert" {
        let id: Uuid = message["key"].as_str().unwrap().parse().unwrap();
        assert!(looker.sees(id, &note_of(&message["data"])), "foreign: {looker:?} {message}");
    }
    let before = follower.records.clone();
    follower.take(message);
    let is_lost = match withheld {
        Withheld::Nothing => false,
        Withheld::Removals => message["op"] == "remove",
        Withheld::EveryThirdUpsert => message["op"] == "upsert" && follower.changes.is_multiple_of(3),
    };
    if is_lost {
        follower.records = before;
    }
}

/// Whether everything has been told. Of a record alone there is no last word, only what is to be known in the end.
pub(super) fn is_done(looker: &Looker, follower: &Follower, ending: &Ending) -> bool {
    match looker.filter {
        Filter::One(_) => looker.faults(follower, &ending.histories) == (0, 0),
        Filter::Everything | Filter::HighRanks | Filter::Own => {
            let theirs = ending.fences.iter().filter(|(id, fence)| looker.sees(**id, fence));
            theirs.into_iter().all(|(id, _)| follower.has_heard_of(*id))
        }
    }
}

/// Missing and foreign, over all subscribers.
async fn faults(subscribers: usize, rounds: usize, withheld: Withheld) -> (usize, usize) {
    let mut scene = Scene::set(subscribers).await;
    if withheld != Withheld::Nothing {
        scene.lookers.retain(|looker| !matches!(looker.filter, Filter::One(_)));
    }
    let (tell, ended) = watch::channel(None);
    let follow = |looker: &Looker| come_and_go(scene.board.clone(), *looker, withheld, ended.clone());
    let followers: Vec<_> = scene.lookers.iter().map(|looker| tokio::spawn(follow(looker))).collect();
    let ending = scene.happen(rounds).await;
    tell.send_replace(Some(Arc::new(ending)));
    let mut faults = (0, 0);
    for follower in followers {
        let (missing, foreign) = follower.await.expect("nothing foreign was shown, and no position was left out");
        faults = (faults.0 + missing, faults.1 + foreign);
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_subscribers_end_up_with_what_is_theirs_and_nothing_else() {
    assert_eq!(faults(SUBSCRIBERS, ROUNDS, Withheld::Nothing).await, (0, 0), "missing and foreign");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withheld_would_be_noticed() {
    let (missing, foreign) = faults(40, 24, Withheld::Removals).await;
    assert!(missing == 0 && foreign > 0, "{missing} {foreign}");
    let (missing, _) = faults(40, 24, Withheld::EveryThirdUpsert).await;
    assert!(missing > 0, "{missing}");
}
