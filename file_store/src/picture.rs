//! Pictures: of which types they can be, and how large one may be that is to be drawn anew.

/// Types of content that pictures are made of.
pub const TYPES: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];
/// Of a side, in pixels.
pub const MAX_SIDE: u32 = 20_000;
/// Of the whole picture: 50 megapixels are more than cameras make.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Width and height in pixels, as the beginning of a picture says; `None` where it says none. Nothing is decoded.
pub fn dimensions(head: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(head).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// Whether a picture of this size is drawn anew.
pub fn is_bearable((width, height): (u32, u32)) -> bool {
    width.max(height) <= MAX_SIDE && u64::from(width) * u64::from(height) <= MAX_PIXELS
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;

    #[test]
    fn the_beginning_of_a_picture_says_how_large_it_is() {
        let picture = DynamicImage::from(RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8, y as u8, 7])));
        for content_type in TYPES {
            let mut bytes = Cursor::new(vec![]);
            picture.write_to(&mut bytes, ImageFormat::from_mime_type(content_type).unwrap()).unwrap();
            let bytes = bytes.into_inner();
            assert_eq!(dimensions(&bytes[..bytes.len().min(1000)]), Some((300, 200)), "{content_type}");
            assert_eq!(dimensions(&bytes[..8]), None, "{content_type}");
        }
        assert_eq!(dimensions(b"text"), None);
        assert_eq!(dimensions(b""), None);
    }

    #[test]
    fn what_would_take_too_much_memory_is_not_drawn() {
        assert!(is_bearable((1, 1)) && is_bearable((10_000, 5_000)) && is_bearable((20_000, 2_500)));
        assert!(!is_bearable((20_001, 1)) && !is_bearable((10_000, 5_001)) && !is_bearable((u32::MAX, u32::MAX)));
    }
}
