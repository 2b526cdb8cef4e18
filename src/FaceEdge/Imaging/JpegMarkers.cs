using System.Buffers.Binary;

namespace FaceEdge.Imaging;

/// <summary>The markers of a JPEG (ITU-T T.81, B.1.1): FF and a code, most of them with a segment of their own behind them.</summary>
internal static unsafe class JpegMarkers
{
    internal const byte StartOfImage = 0xD8;
    internal const byte EndOfImage = 0xD9;
    internal const byte StartOfScan = 0xDA;

    /// <summary>Moves behind the next FF xx, where xx is not the fill byte FF. Bytes between segments are skipped, as libjpeg does.</summary>
    internal static bool Next(ref byte* at, byte* end, out byte marker)
    {
        var rest = new ReadOnlySpan<byte>(at, (int)(end - at));
        marker = 0;
        int start = rest.IndexOf((byte)0xFF);
        if (start < 0)
        {
            return false;
        }

        int code = rest[start..].IndexOfAnyExcept((byte)0xFF);
        if (code < 0)
        {
            return false;
        }

        marker = rest[start + code];
        at += start + code + 1;
        return true;
    }

    /// <summary>Whether no segment follows: stuffed zero, TEM, RSTn, SOI.</summary>
    internal static bool StandsAlone(byte marker) => marker is <= 0x01 or (>= 0xD0 and <= 0xD8);

    /// <summary>The content of the segment behind a marker, and the place behind it; false where the file ends within.</summary>
    internal static bool TrySegment(ref byte* at, byte* end, out ReadOnlySpan<byte> content)
    {
        content = [];
        int length = end - at < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(at, 2));
        if (length < 2 || end - at < length)
        {
            return false;
        }

        content = new ReadOnlySpan<byte>(at + 2, length - 2);
        at += length;
        return true;
    }
}
