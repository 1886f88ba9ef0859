//! In development mails are files.

use std::{fs, path::PathBuf};

use domain::users::Locale;
use jobs::JobState;
use uuid::Uuid;

use crate::{installation::Installation, worker_process::WorkerProcess};

/// A directory that is removed with this value.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_becomes_one_file_however_often_it_is_written() {
    let installation = Installation::new().await;
    let folder = Folder(std::env::temp_dir().join(format!("tidemark-mail-{}", Uuid::now_v7().simple())));
    let config = installation.config(("TIDEMARK_MAIL__DIRECTORY", folder.0.to_str().unwrap()));
    let _worker = WorkerProcess::start_with(config, installation.options()).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;

    // As if the record of it had been lost.
    installation.run("DELETE FROM email_log").await;
    let mut conn = installation.database.connect().await;
    let job = installation.job_of(ada.event_id).await.unwrap();
    jobs::admin::retry(&mut conn, job.id).await.unwrap();
    crate::installation::eventually("the mail is written again", || async {
        installation.count("SELECT count(*) FROM email_log WHERE state = 'sent'").await == 1
    })
    .await;
    let files: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, [format!("welcome.{}.eml", ada.event_id).as_str()]);
    let mail = fs::read_to_string(folder.0.join(&files[0])).unwrap();
    assert!(mail.contains("To: ada@example.com\r\n") && mail.contains("Hello Ada,"), "{mail}");
}
