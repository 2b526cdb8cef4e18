using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>
/// What a walk along the markers of a JPEG (ITU-T T.81, annex B) tells at no cost and the codecs do not: of which kind it is, how many scans it
/// has, whether the file reaches its end marker. <see cref="JpegPictureData"/> looks at what lies between.
/// </summary>
/// <param name="HasEnd">Whether the end marker is there.</param>
/// <param name="HasRestarts">Whether its data is cut into intervals, as webcams do.</param>
/// <param name="Scans">How many scans there are: 1 to 4 in a baseline file, around 10 in a progressive one.</param>
/// <param name="Frame">The marker of the frame header, which names the process: C0 to C2 with Huffman coding; 0 when there is none.</param>
/// <param name="Precision">Bits a sample.</param>
/// <param name="Width">In pixels, as the frame header says.</param>
/// <param name="Height">In pixels, as the frame header says.</param>
internal readonly record struct JpegStructure(bool HasEnd, bool HasRestarts, int Scans, byte Frame, byte Precision, int Width, int Height)
{
    /// <summary>Whether <see cref="JpegPictureData"/> can run over it: with Huffman codes, sequential or progressive.</summary>
    internal bool IsHuffman => Frame is 0xC0 or 0xC1 or 0xC2;

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
    internal static unsafe JpegStructure Read(ReadOnlySpan<byte> file)
    {
        var found = new JpegStructure(false, false, 0, 0, 0, 0, 0);
        fixed (byte* start = file)
        {
            byte* at = start + 2, end = start + file.Length;
            while (JpegMarkers.Next(ref at, end, out byte marker))
            {
                if (marker == JpegMarkers.EndOfImage)
                {
                    return found with { HasEnd = true };
                }

                if (marker == JpegMarkers.StartOfImage && found.Scans > 0)
                {
                    break; // another picture where the end marker should be
                }

                if (JpegMarkers.StandsAlone(marker))
                {
                    continue;
                }

                if (!JpegMarkers.TrySegment(ref at, end, out ReadOnlySpan<byte> content))
                {
                    break;
                }

                found = found.With(marker, content);
            }
        }

        return found;
    }

    private JpegStructure With(byte marker, ReadOnlySpan<byte> content) => marker switch
    {
        JpegMarkers.StartOfScan => this with { Scans = Scans + 1 }, // its entropy-coded data follows; JpegMarkers.Next runs over it
        0xDD when content.Length >= 2 => this with { HasRestarts = (content[0] | content[1]) != 0 },
        >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) when Frame == 0 && content.Length >= 6 => this with
        {
            Frame = marker,
            Precision = content[0],
            Height = BinaryPrimitives.ReadUInt16BigEndian(content[1..]),
            Width = BinaryPrimitives.ReadUInt16BigEndian(content[3..]),
        },
        _ => this,
    };
}
