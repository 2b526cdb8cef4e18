using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>
/// What a walk along the markers of a JPEG (ITU-T T.81, annex B) tells and TurboJPEG does not: whether the file reaches its end
/// marker, how many scans it has, and its EXIF block. TurboJPEG reports only the first warning of a file, so a harmless one would
/// hide that the rest is missing.
/// </summary>
internal readonly ref struct JpegStructure
{
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;

    private JpegStructure(bool complete, int scans, ReadOnlySpan<byte> exif)
    {
        Complete = complete;
        Scans = scans;
        Exif = exif;
    }

    /// <summary>Whether the end marker is there.</summary>
    internal bool Complete { get; }

    /// <summary>How many scans there are: 1 to 4 in a baseline file, around 10 in a progressive one.</summary>
    internal int Scans { get; }

    /// <summary>The TIFF block of the first EXIF segment, empty if there is none.</summary>
    internal ReadOnlySpan<byte> Exif { get; }

    /// <summary>Walks along a file that begins with SOI. Bytes between segments are skipped, as libjpeg does.</summary>
    internal static JpegStructure Read(ReadOnlySpan<byte> file)
    {
        var scans = 0;
        ReadOnlySpan<byte> exif = [];
        var at = 2;
        while (NextMarker(file, ref at, out var marker))
        {
            if (marker == EndOfImage)
            {
                return new JpegStructure(true, scans, exif);
            }
            if (marker is <= 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue; // stuffed zero, TEM, RSTn, SOI: no length follows
            }
            if (at + 2 > file.Length)
            {
                break;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2 || at + length > file.Length)
            {
                break;
            }
            if (marker == StartOfScan)
            {
                scans++; // its entropy-coded data follows; NextMarker runs over it
            }
            else if (marker == App1 && exif.IsEmpty)
            {
                var content = file.Slice(at + 2, length - 2);
                if (content.StartsWith(ExifOrientation.Prefix))
                {
                    exif = content[ExifOrientation.Prefix.Length..]; // an XMP packet is an APP1 too, and may come first
                }
            }
            at += length;
        }
        return new JpegStructure(false, scans, exif);
    }

    /// <summary>Moves behind the next FF xx, where xx is not the fill byte FF.</summary>
    private static bool NextMarker(ReadOnlySpan<byte> file, ref int at, out byte marker)
    {
        marker = 0;
        var start = file[at..].IndexOf((byte)0xFF);
        if (start < 0)
        {
            return false;
        }
        var code = file[(at + start)..].IndexOfAnyExcept((byte)0xFF);
        if (code < 0)
        {
            return false;
        }
        at += start + code;
        marker = file[at++];
        return true;
    }
}
