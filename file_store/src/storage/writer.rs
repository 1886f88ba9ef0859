//! Writes content of any length with a bounded amount of memory: one piece that is being filled, one on its way.

use ::metrics::counter;
use bytes::{Bytes, BytesMut};
use object_store::{MultipartUpload, ObjectStoreExt, path::Path};

use super::Storage;
use crate::{StorageError, metrics::WRITTEN};

/// Content that is not there before [`Writer::finish`] has returned. Whoever does not finish should abandon it; what a
/// crash leaves of it is not seen by anybody, and removed by the store's own rules.
#[derive(Debug)]
pub struct Writer {
    storage: Storage,
    path: Path,
    buffer: BytesMut,
    /// Only of what is longer than a piece.
    upload: Option<Box<dyn MultipartUpload>>,
}

impl Writer {
    pub(super) fn new(storage: Storage, path: Path) -> Self {
        Self { storage, path, buffer: BytesMut::new(), upload: None }
    }

    /// Takes more bytes; returns when there is room for others.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), StorageError> {
        while !bytes.is_empty() {
            let room = self.storage.write_piece - self.buffer.len();
            self.buffer.extend_from_slice(&bytes.split_to(room.min(bytes.len())));
            if self.buffer.len() == self.storage.write_piece {
                self.put_part().await?;
            }
        }
        Ok(())
    }

    /// Makes the content be there, as a whole and durably.
    pub async fn finish(mut self) -> Result<(), StorageError> {
        if self.upload.is_none() {
            let (storage, bytes) = (self.storage.clone(), self.buffer.split().freeze());
            counter!(WRITTEN).increment(bytes.len() as u64);
            storage.guarded("write", storage.store.put(&self.path, bytes.into())).await?;
            return Ok(());
        }
        let written = self.complete().await;
        if written.is_err() {
            self.abandon().await;
        }
        written
    }

    /// Takes back what was written. Where that fails, too, the store's own rules have to do it.
    pub async fn abandon(mut self) {
        if let Some(mut upload) = self.upload.take() {
            drop(self.storage.guarded("abandon", upload.abort()).await);
        }
    }

    async fn complete(&mut self) -> Result<(), StorageError> {
        if !self.buffer.is_empty() {
            self.put_part().await?;
        }
        if let Some(upload) = &mut self.upload {
            self.storage.guarded("write", upload.complete()).await?;
        }
        Ok(())
    }

    async fn put_part(&mut self) -> Result<(), StorageError> {
        let storage = self.storage.clone();
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none @ None => none.insert(storage.guarded("begin", storage.store.put_multipart(&self.path)).await?),
        };
        let part = self.buffer.split().freeze();
        counter!(WRITTEN).increment(part.len() as u64);
        storage.guarded("write", upload.put_part(part.into())).await
    }
}
