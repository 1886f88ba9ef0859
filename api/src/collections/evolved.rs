//! What a collection has behind it and before it, ready for use: how contents of former generations become of this one, and
//! what a pending change wants.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::anyhow;
use domain::{
    collections::{ChangeId, Conversion, Data, Definition, Evolution, FieldProblem, Proposal, Shape},
    records::{Contents, Record},
};

use crate::error::{ApiError, ApiResult};

/// The definition of a collection at one version of its stream, with all that follows from it.
#[derive(Debug)]
pub struct Evolved {
    pub(super) shape: Arc<Shape>,
    /// By field that is or was unique: the change since which its values are taken anew.
    pub(crate) eras: BTreeMap<String, ChangeId>,
    pub(crate) pending: Option<Pending>,
    /// In their order, each with the generation that it leads to.
    steps: Vec<(i32, Conversion)>,
    /// By what records are read until the read model has this generation; `None` when the definition has changed since, too.
    before: Option<Arc<Shape>>,
}

/// A change that is pending.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) change: ChangeId,
    pub(crate) conversion: Conversion,
    /// The unique fields whose values are taken for it.
    pub(crate) taken: Vec<String>,
}

impl Evolved {
    pub(super) fn of(definition: &Definition, evolution: &Evolution) -> ApiResult<Self> {
        let shape = Shape::of(definition).map_err(|_| broken())?.of_generation(evolution.generation);
        let steps = evolution.steps.iter().map(|step| Ok((step.proposal.generation, conversion(&step.proposal)?)));
        let last = evolution.steps.last().filter(|_| evolution.is_fresh);
        let before = last.map(|step| match Shape::of(&step.proposal.before) {
            Ok(shape) => Ok(Arc::new(shape.of_generation(step.from))),
            Err(_) => Err(broken()),
        });
        let pending = evolution.pending.as_deref().map(|proposal| {
            let (change, taken) = (proposal.change, proposal.taken_anew());
            Ok::<_, ApiError>(Pending { change, conversion: conversion(proposal)?, taken })
        });
        Ok(Self {
            shape: Arc::new(shape),
            eras: evolution.eras.clone(),
            pending: pending.transpose()?,
            steps: steps.collect::<ApiResult<_>>()?,
            before: before.transpose()?,
        })
    }

    /// How many of them are kept ready for this one.
    pub(super) fn definitions(&self) -> u32 {
        let of_conversions = 2 * (self.steps.len() + usize::from(self.pending.is_some()));
        let all = 1 + usize::from(self.before.is_some()) + of_conversions;
        u32::try_from(all).unwrap_or(u32::MAX)
    }

    /// The definition by which records of this generation are read.
    pub(super) fn shape_of(&self, generation: i32) -> Option<Arc<Shape>> {
        let known = [Some(&self.shape), self.before.as_ref()];
        known.into_iter().flatten().find(|shape| shape.generation() == generation).cloned()
    }

    /// The content of a former generation as it is now, or what is wrong with it by now.
    pub(crate) fn current(&self, content: &Data, generation: i32) -> Result<Data, Vec<FieldProblem>> {
        let later = self.steps.iter().filter(|(leads_to, _)| *leads_to > generation);
        later.map(|(_, step)| step).try_fold(content.clone(), |content, step| step.convert(&content))
    }

    /// A record as it is now. What was deleted before its collection was changed may fit no more, and is left as it was.
    pub(crate) fn current_record(&self, record: Record) -> ApiResult<Record> {
        let is_current = |contents: &Contents| contents.generation == self.shape.generation();
        match record {
            Record::Present(contents) if !is_current(&contents) => {
                // All that there was had been looked at before the change was accepted.
                let unfit = |_| ApiError::Internal(anyhow!("a record does not keep to its collection's definition"));
                Ok(Record::Present(self.current_contents(contents).map_err(unfit)?))
            }
            Record::Deleted(contents) if !is_current(&contents) => {
                Ok(Record::Deleted(self.current_contents(contents.clone()).unwrap_or(contents)))
            }
            same @ (Record::Unknown | Record::Present(_) | Record::Deleted(_)) => Ok(same),
        }
    }

    fn current_contents(&self, contents: Contents) -> Result<Contents, Vec<FieldProblem>> {
        let data = self.current(&contents.data, contents.generation)?;
        Ok(Contents { data, generation: self.shape.generation(), ..contents })
    }
}

fn conversion(proposal: &Proposal) -> ApiResult<Conversion> {
    Conversion::of(&proposal.before, &proposal.definition, &proposal.upcasts).map_err(|_| broken())
}

/// It was checked before it was stored.
fn broken() -> ApiError {
    ApiError::Internal(anyhow!("a stored definition is not valid"))
}
