//! The names of all events that this program stores, for whoever selects some of them.

use crate::{
    collections::CollectionEvent,
    files::{FileEvent, FileSpaceEvent},
    imports::ImportEvent,
    records::RecordEvent,
    roles::RolesEvent,
    schema_changes::SchemaChangeEvent,
    sessions::SessionsEvent,
    users::UserEvent,
    webhooks::WebhookEvent,
};

/// Stored names, sorted. A golden file for each of them is what says that the list is complete.
pub const ALL: [&str; 69] = [
    CollectionEvent::CHANGE_ACCEPTED,
    CollectionEvent::CHANGE_PROPOSED,
    CollectionEvent::CHANGE_REFUSED,
    CollectionEvent::CHANGE_WITHDRAWN,
    CollectionEvent::CHANGED,
    CollectionEvent::DEFINED,
    CollectionEvent::DELETED,
    FileEvent::CREATED,
    FileEvent::DELETED,
    FileEvent::LINKED,
    FileEvent::RENAMED,
    FileEvent::UNLINKED,
    FileSpaceEvent::FREED,
    FileSpaceEvent::TAKEN,
    ImportEvent::ABANDONED,
    ImportEvent::ADVANCED,
    ImportEvent::FINISHED,
    ImportEvent::REMOVED,
    ImportEvent::STARTED,
    RecordEvent::CHANGED,
    RecordEvent::CREATED,
    RecordEvent::DELETED,
    RecordEvent::RESTORED,
    RolesEvent::CHANGED,
    RolesEvent::DEFINED,
    RolesEvent::DELETED,
    SchemaChangeEvent::ADVANCED,
    SchemaChangeEvent::SWEPT,
    SessionsEvent::ALL_ENDED,
    UserEvent::API_KEY_CREATED,
    UserEvent::API_KEY_REVOKED,
    UserEvent::AVATAR_CHANGED,
    UserEvent::AVATAR_REMOVED,
    UserEvent::EMAIL_CHANGE_REQUESTED,
    UserEvent::EMAIL_CHANGE_UNDONE,
    UserEvent::EMAIL_CHANGED,
    UserEvent::EMAIL_VERIFIED,
    UserEvent::ERASED,
    UserEvent::EXPORT_REQUESTED,
    UserEvent::FORMER_ADDRESSES_RELEASED,
    UserEvent::PASSWORD_CHANGED,
    UserEvent::PASSWORD_REHASHED,
    UserEvent::PASSWORD_RESET_REQUESTED,
    UserEvent::PROFILE_CHANGED,
    UserEvent::REACTIVATED,
    UserEvent::RECOVERY_CODE_USED,
    UserEvent::RECOVERY_CODES_REPLACED,
    UserEvent::REGISTERED,
    UserEvent::REGISTRATION_REPEATED,
    UserEvent::ROLE_GRANTED,
    UserEvent::ROLE_REVOKED,
    UserEvent::SECOND_FACTOR_RESET,
    UserEvent::SESSION_ENDED,
    UserEvent::SIGNED_IN,
    UserEvent::SIGNED_OUT_EVERYWHERE,
    UserEvent::STEPPED_UP,
    UserEvent::SUSPENDED,
    UserEvent::TOTP_CONFIRMED,
    UserEvent::TOTP_DISABLED,
    UserEvent::TOTP_ENROLLED,
    UserEvent::VERIFICATION_REQUESTED,
    WebhookEvent::CHANGED,
    WebhookEvent::CREATED,
    WebhookEvent::DELETED,
    WebhookEvent::DISABLED,
    WebhookEvent::ENABLED,
    WebhookEvent::REPLAY_REQUESTED,
    WebhookEvent::SECRET_ROTATED,
    WebhookEvent::TEST_REQUESTED,
];

/// Whether this program stores events of this name.
pub fn is_known(name: &str) -> bool {
    ALL.binary_search(&name).is_ok()
}

/// Whether this program stores events whose names begin with this one and a dot.
pub fn is_family(family: &str) -> bool {
    ALL.iter().any(|name| name.split_once('.').is_some_and(|(before, _)| before == family))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::golden;

    #[test]
    fn every_event_that_has_a_golden_file_is_in_the_list_and_no_other() {
        assert_eq!(golden::names(), ALL.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
        assert!(ALL.is_sorted());
    }

    #[test]
    fn names_and_families_are_known_that_there_are() {
        assert!(is_known("record.created") && !is_known("record.vanished") && !is_known("record"));
        assert!(is_family("record") && is_family("file_space") && !is_family("rec") && !is_family("record.created"));
    }
}
