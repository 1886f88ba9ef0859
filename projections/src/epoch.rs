//! Names one life of a projection's rows.

use std::fmt;

use uuid::Uuid;

/// Incarnation of the log, build of the projection, and how often the build was reset. Clients compare the text only:
/// with another epoch, positions mean something else and rows may have changed without a position to find them by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch {
    pub incarnation: Uuid,
    pub build: i32,
    pub resets: i32,
}

impl fmt::Display for Epoch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, _, _, _) = self.incarnation.as_fields();
        write!(formatter, "{start:08x}-b{}", self.build)?;
        if self.resets > 0 {
            write!(formatter, ".{}", self.resets)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_names_incarnation_build_and_resets() {
        let incarnation = Uuid::from_u128(0x0a1b_2c3d_4e5f_0000_0000_0000_0000_0001);
        let epoch = Epoch { incarnation, build: 7, resets: 0 };
        assert_eq!(epoch.to_string(), "0a1b2c3d-b7");
        assert_eq!(Epoch { resets: 2, ..epoch }.to_string(), "0a1b2c3d-b7.2");
    }
}
