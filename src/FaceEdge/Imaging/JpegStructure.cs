using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>
/// What a walk along the markers of a JPEG (ITU-T T.81, annex B) tells and the codecs do not: whether the file reaches its end marker, how many
/// scans it has, of which kind it is. TurboJPEG reports only the first warning of a file, so a harmless one would hide that the rest is
/// missing; Skia reports nothing of the kind.
/// </summary>
/// <param name="Complete">Whether the end marker is there.</param>
/// <param name="Scans">How many scans there are: 1 to 4 in a baseline file, around 10 in a progressive one.</param>
/// <param name="Frame">The marker of the frame header, which names the process: C0 to C2 with Huffman coding; 0 when there is none.</param>
/// <param name="Precision">Bits a sample.</param>
/// <param name="Width">In pixels, as the frame header says.</param>
/// <param name="Height">In pixels, as the frame header says.</param>
internal readonly record struct JpegStructure(bool Complete, int Scans, byte Frame, byte Precision, int Width, int Height)
{
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    /// <summary>SOF9 and SOF10: sequential and progressive with arithmetic coding.</summary>
    internal bool IsArithmetic => Frame is 0xC9 or 0xCA;

    /// <summary>What no decoder here can read, in words for users; null when it is of an ordinary kind.</summary>
    internal string? Oddity => this switch
    {
        { Frame: 0 } => null, // no frame header: damaged, not odd
        { Precision: not 8 } => $"{Precision} bits a sample",
        { Frame: 0xC0 or 0xC1 or 0xC2 or 0xC9 or 0xCA } => null,
        _ => $"process {Frame - 0xC0}: lossless or hierarchical",
    };

    /// <summary>Walks along a file that begins with SOI. Bytes between segments are skipped, as libjpeg does.</summary>
    internal static JpegStructure Read(ReadOnlySpan<byte> file)
    {
        int scans = 0;
        byte frame = 0, precision = 0;
        int width = 0, height = 0;
        int at = 2;
        while (NextMarker(file, ref at, out byte marker))
        {
            if (marker == EndOfImage)
            {
                return new JpegStructure(true, scans, frame, precision, width, height);
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
            else if (frame == 0 && length >= 8 && marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                (frame, precision) = (marker, file[at + 2]);
                height = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 3)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]);
            }

            at += length;
        }

        return new JpegStructure(false, scans, frame, precision, width, height);
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
