//! The names of topics.

use domain::collections::CollectionName;
use uuid::Uuid;

use super::presence::RoomName;

/// What a client can name; whether it is there, and for whom, is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TopicName {
    OwnUser,
    Users,
    OwnFiles,
    Files,
    Collection(CollectionName),
    Record(CollectionName, Uuid),
    Presence(RoomName),
    Import(Uuid),
}

impl TopicName {
    /// `None` for what names no topic.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "users/me" => return Some(Self::OwnUser),
            "users" => return Some(Self::Users),
            "files/me" => return Some(Self::OwnFiles),
            "files" => return Some(Self::Files),
            _ => {}
        }
        if let Some(room) = text.strip_prefix("presence/") {
            return RoomName::parse(room).map(Self::Presence);
        }
        if let Some(id) = text.strip_prefix("imports/") {
            return Uuid::try_parse(id).ok().map(Self::Import);
        }
        let of_collection = text.strip_prefix("collections/")?;
        match of_collection.split_once('/') {
            None => CollectionName::parse(of_collection).ok().map(Self::Collection),
            Some((collection, rest)) => {
                let id = Uuid::try_parse(rest.strip_prefix("records/")?).ok()?;
                Some(Self::Record(CollectionName::parse(collection).ok()?, id))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_topic_is_told_by_its_name() {
        let posts = CollectionName::parse("posts").unwrap();
        let record = "collections/posts/records/00000000-0000-0000-0000-000000000007";
        for (text, name) in [
            ("users/me", TopicName::OwnUser),
            ("users", TopicName::Users),
            ("files/me", TopicName::OwnFiles),
            ("files", TopicName::Files),
            ("collections/posts", TopicName::Collection(posts.clone())),
            (record, TopicName::Record(posts, Uuid::from_u128(7))),
            ("imports/00000000-0000-0000-0000-000000000007", TopicName::Import(Uuid::from_u128(7))),
            ("presence/lobby", TopicName::Presence(RoomName::parse("lobby").unwrap())),
        ] {
            assert_eq!(TopicName::parse(text), Some(name), "{text}");
        }
    }

    #[test]
    fn other_topics_do_not_exist() {
        for text in [
            "",
            "user",
            "users/",
            "users/00000000-0000-0000-0000-000000000001",
            "USERS",
            "users/me/",
            "files/",
            "files/00000000-0000-0000-0000-000000000001",
            "file",
            "collections",
            "collections/",
            "collections/Posts",
            "collections/posts/",
            "collections/posts/records",
            "collections/posts/records/",
            "collections/posts/records/7",
            "imports",
            "imports/",
            "imports/7",
            "collections/posts/fields/00000000-0000-0000-0000-000000000001",
            "records/00000000-0000-0000-0000-000000000001",
            "presence",
            "presence/",
            "presence/a/b",
        ] {
            assert_eq!(TopicName::parse(text), None, "{text}");
        }
    }
}
