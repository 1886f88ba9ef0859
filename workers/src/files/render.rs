//! Small pictures of large ones. What somebody has uploaded is decoded here, so everything is bounded: size, memory, formats.

use std::io::Cursor;

use file_store::picture::{MAX_SIDE, is_bearable};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    error::{ImageError, LimitError, LimitErrorKind},
    metadata::Orientation,
};

/// Of memory that a decoder may take beside the file itself.
const MAX_BYTES: u64 = 256 << 20;
const JPEG_QUALITY: u8 = 82;

/// Pictures of one file, all of one type.
#[derive(Debug)]
pub(super) struct Pictures {
    pub(super) content_type: &'static str,
    /// By the longest side that was asked for.
    pub(super) sizes: Vec<(u32, Vec<u8>)>,
}

/// Whether pictures can be made of content of this type.
pub(super) fn is_drawn(content_type: &str) -> bool {
    format(content_type).is_some()
}

fn format(content_type: &str) -> Option<ImageFormat> {
    match content_type {
        "image/gif" => Some(ImageFormat::Gif),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Makes pictures whose longest sides are at most `sizes`, upright, and without what the file says of camera and place.
/// Takes a core for as long as it lasts.
pub(super) fn render(content: &[u8], content_type: &str, sizes: &[u32]) -> ImageResult<Pictures> {
    let mut picture = decode(content, content_type)?;
    let has_alpha = picture.color().has_alpha();
    picture = if has_alpha { picture.to_rgba8().into() } else { picture.to_rgb8().into() };
    let mut made = vec![];
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable();
    // From the largest to the smallest, each made of the one before.
    for size in sizes.into_iter().rev() {
        if picture.width().max(picture.height()) > size {
            picture = picture.thumbnail(size, size);
        }
        made.push((size, encode(&picture, has_alpha)?));
    }
    Ok(Pictures { content_type: if has_alpha { "image/png" } else { "image/jpeg" }, sizes: made })
}

fn decode(content: &[u8], content_type: &str) -> ImageResult<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(content));
    if let Some(format) = format(content_type) {
        reader.set_format(format);
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    if !is_bearable(decoder.dimensions()) {
        return Err(ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn encode(picture: &DynamicImage, has_alpha: bool) -> ImageResult<Vec<u8>> {
    let mut bytes = vec![];
    if has_alpha {
        picture.write_with_encoder(PngEncoder::new(&mut bytes))?;
    } else {
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn opaque(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 7])).into()
    }

    fn dimensions(made: &Pictures) -> Vec<(u32, u32, u32)> {
        let of = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
        made.sizes.iter().map(|(size, bytes)| (*size, of(bytes).width(), of(bytes).height())).collect()
    }

    #[test]
    fn pictures_keep_their_proportions_and_do_not_grow() {
        let content = written(&opaque(600, 300), ImageFormat::Jpeg);
        let made = render(&content, "image/jpeg", &[64, 1280, 320]).unwrap();
        assert_eq!(made.content_type, "image/jpeg");
        assert_eq!(dimensions(&made), [(1280, 600, 300), (320, 320, 160), (64, 64, 32)]);
    }

    /// A photograph with the camera's notes in front (Exif 2.3, as APP1): it was held upright, and where that was.
    #[test]
    fn pictures_are_upright_and_say_nothing_of_camera_and_place() {
        let content = written(&opaque(60, 30), ImageFormat::Jpeg);
        let orientation = [&[0x12, 0x01, 3, 0, 1, 0, 0, 0], &[6, 0, 0, 0][..]].concat();
        let place = b"GPS 48.2082 16.3738";
        let tiff = [&b"II*\0\x08\0\0\0\x01\0"[..], &orientation, &[0; 4], place].concat();
        let notes = [&b"Exif\0\0"[..], &tiff].concat();
        let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
        let photograph = [&content[..2], &[0xff, 0xe1], &length, &notes, &content[2..]].concat();
        let made = render(&photograph, "image/jpeg", &[20, 100]).unwrap();
        assert_eq!(dimensions(&made), [(100, 30, 60), (20, 10, 20)], "turned by a quarter");
        for (size, bytes) in &made.sizes {
            let says = |notes: &[u8]| bytes.windows(notes.len()).any(|part| part == notes);
            assert!(!says(b"GPS") && !says(b"Exif"), "{size}");
        }
    }

    #[test]
    fn what_can_be_seen_through_stays_so() {
        let picture = RgbaImage::from_pixel(100, 100, Rgba([1, 2, 3, 0]));
        for (format, content_type) in [(ImageFormat::Png, "image/png"), (ImageFormat::WebP, "image/webp")] {
            let made = render(&written(&picture.clone().into(), format), content_type, &[10]).unwrap();
            assert_eq!((made.content_type, dimensions(&made)), ("image/png", vec![(10, 10, 10)]));
            assert_eq!(image::load_from_memory(&made.sizes[0].1).unwrap().to_rgba8().get_pixel(5, 5).0[3], 0);
        }
    }

    #[test]
    fn what_is_no_picture_or_another_than_it_says_is_an_error() {
        let content = written(&opaque(10, 10), ImageFormat::Png);
        assert!(render(&content, "image/jpeg", &[10]).is_err());
        assert!(render(&content[..40], "image/png", &[10]).is_err());
        assert!(render(b"", "image/gif", &[10]).is_err());
        assert!(render(&content, "text/plain", &[10]).is_err());
    }

    /// A small file that claims to be 60,000 pixels wide and high.
    #[test]
    fn a_picture_that_would_take_all_memory_is_not_begun() {
        let mut content = written(&opaque(10, 10), ImageFormat::Png);
        content[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        content[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let checksum = crc(&content[12..29]);
        content[29..33].copy_from_slice(&checksum.to_be_bytes());
        let error = render(&content, "image/png", &[10]).unwrap_err();
        assert!(matches!(error, ImageError::Limits(_)), "{error}");
        let mut wide = written(&opaque(10, 10), ImageFormat::Png);
        wide[16..20].copy_from_slice(&15_000_u32.to_be_bytes());
        wide[20..24].copy_from_slice(&15_000_u32.to_be_bytes());
        let checksum = crc(&wide[12..29]);
        wide[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert!(matches!(render(&wide, "image/png", &[10]), Err(ImageError::Limits(_))));
    }

    /// As PNG checks its chunks (ISO 3309).
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
        !bytes.iter().fold(u32::MAX, byte)
    }
}
