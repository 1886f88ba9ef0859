//! What workers make of files and remove of them.

use std::{fs, path::Path, time::Duration, time::SystemTime};

use bootstrap::config::FilesPlace;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    files::{File, FileId},
    users::{EraseUser, Locale, UserId},
};
use event_store::{EventStore, Execution};
use file_store::{
    Incoming, Key, NAME, NewFile, Storage,
    uploads::{Advance, Lease, Leased, NewUpload, Part, reserve},
};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use jobs::{EnqueueOptions, Job};
use uuid::Uuid;
use workers::files::{DeleteExpiredFiles, FinishUploads, MakeThumbnails, SweepContent};

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

/// What a test does with the files of an installation.
struct Scene {
    installation: Installation,
    storage: Storage,
    owner: Uuid,
    _worker: WorkerProcess,
}

impl Scene {
    async fn set() -> Self {
        let installation = Installation::new().await;
        let storage = Storage::open(&FilesPlace::Directory(installation.files())).unwrap();
        let owner = installation.register("ada@example.com", None, Locale::En).await.user_id;
        let worker = WorkerProcess::start(&installation).await;
        Self { installation, storage, owner, _worker: worker }
    }

    /// Uploads a file as the API does.
    async fn upload(&self, content: &[u8], temporary: bool) -> Uuid {
        let key = Key::content(Uuid::now_v7());
        let mut incoming = Incoming::begin(&self.storage, &key, u64::MAX);
        incoming.take(content.to_vec().into()).await.unwrap();
        let received = incoming.received(None);
        incoming.store().await.unwrap();
        let id = key.owner().unwrap();
        let name = self.installation.seal(self.owner, NAME, "secret-name.png").await;
        let owner = UserId::from_uuid(self.owner);
        let file = NewFile { id: FileId::from_uuid(id), owner, name, received, key, temporary, at: Utc::now() };
        let room = file_store::room(&self.installation.config(("SMTP_URL", "smtp://localhost")).files);
        let execution = Execution::new(Uuid::now_v7());
        file_store::make(&self.installation.store, file, room, execution).await.unwrap();
        id
    }

    async fn file(&self, id: Uuid) -> File {
        let stream = file_store::stream(FileId::from_uuid(id));
        EventStore::load::<File>(&self.installation.store, &stream).await.unwrap().state
    }

    /// A row as a projector makes it; there is none here.
    async fn enter_row(&self, id: Uuid, created_at: DateTime<Utc>) {
        let owner = self.owner;
        self.installation
            .run(&format!(
                "INSERT INTO files (id, version, owner, name, content_type, size_bytes, sha256, temporary, records, \
                 unnamed_since, created_at, updated_at, position, deleted) VALUES ('{id}', 1, '{owner}', 's1.x', \
                 'text/plain', 1, '', true, 0, '{created_at}', '{created_at}', '{created_at}', 1, false)"
            ))
            .await;
    }

    async fn enqueue<J: Job>(&self, job: J) {
        let mut conn = self.installation.database.connect().await;
        jobs::enqueue(&mut conn, &job, &EnqueueOptions::default()).await.unwrap();
    }

    /// Waits until no job that was enqueued before is to be done, and none is left undone.
    async fn rest(&self) {
        let undone = "SELECT count(*) FROM jobs WHERE state <> 'completed'";
        eventually("all jobs are done", || async { self.installation.count(undone).await == 0 }).await;
    }

    async fn is_stored(&self, key: &Key) -> bool {
        self.storage.read(key, 0..1).await.is_ok()
    }
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let (mut bytes, pixels) = (vec![], vec![120; (width * height * 3) as usize]);
    PngEncoder::new(&mut bytes).write_image(&pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn stored(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { stored(&path) } else { 1 }).sum()
}

/// As if everything had been written this long ago.
fn age(directory: &Path, age: Duration) {
    for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            self::age(&path, age);
        } else {
            fs::File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_are_made_of_pictures_and_go_with_the_file() {
    let scene = Scene::set().await;
    let id = scene.upload(&picture(400, 200), false).await;
    let text = scene.upload(b"no picture", false).await;
    let torn = scene.upload(&picture(40, 20)[..60], false).await;
    let made = format!("SELECT count(*) FROM file_thumbnails WHERE file_id = '{id}' AND sizes @> '{{64,320,1280}}'");
    eventually("the pictures are made", || async { scene.installation.count(&made).await == 1 }).await;
    let small = scene.storage.read(&Key::thumbnail(id, 64), 0..1 << 20).await.unwrap();
    let small = image::load_from_memory(&small).unwrap();
    assert_eq!((small.width(), small.height()), (64, 32));
    let none = format!("SELECT count(*) FROM file_thumbnails WHERE file_id = '{torn}' AND sizes = '{{}}'");
    eventually("it is known that there are none", || async { scene.installation.count(&none).await == 1 }).await;
    let rows = "SELECT count(*) FROM file_thumbnails";
    assert_eq!(scene.installation.count(rows).await, 2, "nothing is tried with {text}");

    let command = domain::files::DeleteFile { why: domain::files::Deletion::Asked, at: Utc::now() };
    let execution = Execution::new(Uuid::now_v7());
    file_store::remove(&scene.installation.store, FileId::from_uuid(id), command, execution).await.unwrap();
    eventually("all of it is gone", || async { stored(&scene.installation.files()) == 2 }).await;
    eventually("so is the row", || async { scene.installation.count(rows).await == 1 }).await;
    // A job that comes too late leaves nothing behind, nor what an earlier attempt had written and not entered.
    scene.storage.put(&Key::thumbnail(id, 320), picture(40, 20).into()).await.unwrap();
    scene.enqueue(MakeThumbnails { file_id: id }).await;
    let cancelled = "SELECT count(*) FROM jobs WHERE state = 'cancelled' AND last_error = 'file_gone'";
    eventually("it finds no file", || async { scene.installation.count(cancelled).await == 1 }).await;
    assert_eq!(stored(&scene.installation.files()), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn temporary_files_go_when_their_time_is_over_and_others_stay() {
    let scene = Scene::set().await;
    let (old, new) = (scene.upload(b"old", true).await, scene.upload(b"new", true).await);
    let kept = scene.upload(b"kept", false).await;
    // That the read model has it wrong ends no file.
    let long_ago = Utc::now() - TimeDelta::days(8);
    for (id, created_at) in [(old, long_ago), (kept, long_ago), (new, Utc::now())] {
        scene.enter_row(id, created_at).await;
    }
    scene.enqueue(DeleteExpiredFiles {}).await;
    eventually("the old one is gone", || async { scene.file(old).await == File::Deleted }).await;
    eventually("so is its content", || async { !scene.is_stored(&Key::content(old)).await }).await;
    scene.rest().await;
    for id in [new, kept] {
        assert!(scene.file(id).await.kept().is_some() && scene.is_stored(&Key::content(id)).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_erased_leaves_no_file_and_no_upload() {
    let scene = Scene::set().await;
    let id = scene.upload(b"mine", false).await;
    let upload = begun(&scene, 100, Utc::now() + TimeDelta::hours(1)).await;
    part(&scene, upload, b"some").await;
    assert_eq!(stored(&scene.installation.files()), 2);
    scene.installation.execute(scene.owner, EraseUser { at: Utc::now() }).await;
    eventually("all of it is gone", || async { stored(&scene.installation.files()) == 0 }).await;
    eventually("the file has ended", || async { scene.file(id).await == File::Deleted }).await;
    assert_eq!(scene.installation.count("SELECT count(*) FROM uploads").await, 0);
}

async fn begun(scene: &Scene, size: u64, expires_at: DateTime<Utc>) -> Uuid {
    let new = NewUpload {
        id: Uuid::now_v7(),
        owner: scene.owner,
        name: scene.installation.seal(scene.owner, NAME, "secret-name.txt").await.as_str().to_owned(),
        content_type: None,
        temporary: false,
        size,
        now: Utc::now(),
        expires_at,
    };
    let room = domain::files::Room { files: 10, bytes: 1 << 20 };
    let mut conn = scene.installation.database.connect().await;
    reserve(&mut conn, &new, Default::default(), room).await.unwrap().unwrap();
    new.id
}

/// Brings bytes of an upload, and is cut off then: the lease is not given back.
async fn part(scene: &Scene, upload: Uuid, content: &[u8]) {
    let pool = scene.installation.database.pool(1);
    let Leased::Taken(lease, before) = Lease::take(&pool, upload, scene.owner, Utc::now()).await.unwrap() else {
        panic!("nobody else has it");
    };
    let (start, size) = (before.received(), content.len() as u64);
    let key = Key::part(upload, start, Uuid::now_v7());
    scene.storage.put(&key, content.to_vec().into()).await.unwrap();
    let parts = [Part { start, size, key }];
    let come = Advance { from: start, parts: &parts, expires_at: before.expires_at, more: true };
    lease.advance(come).await.unwrap();
    scene.installation.run("UPDATE uploads SET writer_until = now() - interval '1 second'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_was_cut_off_when_all_had_come_becomes_a_file_and_one_that_has_expired_goes() {
    let scene = Scene::set().await;
    let whole = begun(&scene, 8, Utc::now() + TimeDelta::hours(1)).await;
    part(&scene, whole, b"in ").await;
    part(&scene, whole, b"parts").await;
    let part_of = begun(&scene, 8, Utc::now() + TimeDelta::hours(1)).await;
    part(&scene, part_of, b"going on").await;
    scene.installation.run(&format!("UPDATE uploads SET size_bytes = 9 WHERE id = '{part_of}'")).await;
    let over = begun(&scene, 8, Utc::now() + TimeDelta::hours(1)).await;
    part(&scene, over, b"over").await;
    scene.installation.run(&format!("UPDATE uploads SET expires_at = now() WHERE id = '{over}'")).await;
    scene.enqueue(FinishUploads {}).await;
    eventually("it is a file", || async { scene.file(whole).await.kept().is_some() }).await;
    let content = scene.storage.read(&Key::content(whole), 0..100).await.unwrap();
    assert_eq!(&content[..], b"in parts");
    eventually("only one upload is left", || async {
        scene.installation.count("SELECT count(*) FROM uploads").await == 1 && stored(&scene.installation.files()) == 2
    })
    .await;
    assert!(scene.file(over).await.kept().is_none() && scene.file(part_of).await.kept().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_that_no_file_has_is_swept_up_when_it_is_old() {
    let scene = Scene::set().await;
    let kept = scene.upload(&picture(10, 10), false).await;
    let made = format!("SELECT count(*) FROM file_thumbnails WHERE file_id = '{kept}'");
    eventually("the pictures are made", || async { scene.installation.count(&made).await == 1 }).await;
    let (orphan, upload) = (Uuid::now_v7(), begun(&scene, 8, Utc::now() + TimeDelta::hours(1)).await);
    part(&scene, upload, b"some").await;
    for key in [Key::content(orphan), Key::thumbnail(orphan, 64), Key::part(orphan, 0, Uuid::now_v7())] {
        scene.storage.put(&key, b"nobody's"[..].into()).await.unwrap();
    }
    fs::write(scene.installation.files().join("content").join("not-ours"), "x").unwrap();
    let all = stored(&scene.installation.files());
    scene.enqueue(SweepContent {}).await;
    scene.rest().await;
    assert_eq!(stored(&scene.installation.files()), all, "somebody may be about to say what it is");
    age(&scene.installation.files(), Duration::from_secs(25 * 3600));
    scene.enqueue(SweepContent {}).await;
    scene.rest().await;
    assert_eq!(stored(&scene.installation.files()), all - 3);
    assert!(scene.is_stored(&Key::content(kept)).await && scene.is_stored(&Key::thumbnail(kept, 64)).await);
    assert!(!scene.is_stored(&Key::content(orphan)).await && !scene.is_stored(&Key::thumbnail(orphan, 64)).await);
}
