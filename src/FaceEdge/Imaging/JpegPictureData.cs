using System.Runtime.CompilerServices;

namespace FaceEdge.Imaging;

/// <summary>What <see cref="JpegPictureData.Check"/> found.</summary>
/// <param name="Damage">What is wrong, in words for users; null for a whole picture.</param>
/// <param name="Length">Where the picture ends in the file.</param>
/// <param name="HasEnd">Whether an end marker stands there.</param>
internal readonly record struct JpegVerdict(string? Damage, int Length, bool HasEnd);

/// <summary>
/// Runs over all of a JPEG's entropy-coded data without making pixels of it, and says whether every block of the picture is there and can be
/// what an encoder wrote. Decoders do not: they decode on through anything, libjpeg tells some of it as warnings, Skia nothing. Baseline,
/// extended and progressive pictures with Huffman codes.
/// </summary>
internal unsafe ref struct JpegPictureData
{
    /// <summary>So many bytes before a marker are padding, as webcams write it; more is data that got out of step.</summary>
    internal const int MostPadding = 14;

    private readonly byte* _file;
    private readonly byte* _end;
    private JpegHeaders _headers;

    private JpegPictureData(byte* file, int length, JpegHeaders headers)
    {
        _file = file;
        _end = file + length;
        _headers = headers;
    }

    /// <summary>Checks a file that begins with SOI and whose frame is of one of these kinds.</summary>
    /// <param name="file">All of it.</param>
    [SkipLocalsInit]
    internal static JpegVerdict Check(ReadOnlySpan<byte> file)
    {
        HuffmanTable* tables = stackalloc HuffmanTable[8];
        ushort* quantisers = stackalloc ushort[4 * 64];
        JpegComponent* components = stackalloc JpegComponent[JpegHeaders.MostComponents];
        fixed (byte* start = file)
        {
            var data = new JpegPictureData(start, file.Length, new JpegHeaders(tables, quantisers, components));
            data._headers.Begin();
            try
            {
                return data.Run();
            }
            finally
            {
                data._headers.End();
            }
        }
    }

    private JpegVerdict Run()
    {
        byte* at = _file + 2;
        while (JpegMarkers.Next(ref at, _end, out byte marker))
        {
            if (marker == JpegMarkers.EndOfImage)
            {
                return new JpegVerdict(Missing(), (int)(at - _file), true);
            }

            if (marker == JpegMarkers.StartOfImage && IsComplete())
            {
                return new JpegVerdict(null, (int)(at - 2 - _file), false); // another picture where the end marker should be
            }

            if (JpegMarkers.StandsAlone(marker))
            {
                continue;
            }

            if (!JpegMarkers.TrySegment(ref at, _end, out ReadOnlySpan<byte> content))
            {
                break;
            }

            byte* before = at;
            string? damage = marker == JpegMarkers.StartOfScan ? RunScan(content, ref at) : _headers.Read(marker, content);
            if (damage is not null)
            {
                return new JpegVerdict(damage, (int)(at - _file), false);
            }

            if (at != before && !IsBeforeMarker(at))
            {
                return new JpegVerdict(IsComplete() ? null : "a part of its picture data is missing", (int)(at - _file), false);
            }
        }

        return new JpegVerdict("the end of the file is missing", (int)(_end - _file), false);
    }

    /// <summary>Whether the file goes on as a JPEG behind a scan's data, and not with its end or a trailer of somebody's own.</summary>
    private readonly bool IsBeforeMarker(byte* at)
    {
        byte* next = at;
        return JpegMarkers.Next(ref next, _end, out byte marker) && marker >= 0xC0 && next - at <= MostPadding + 2;
    }

    /// <summary>Whether every bit of every coefficient came, so that nothing can be missing where the end marker is.</summary>
    private readonly bool IsComplete()
    {
        for (int i = 0; i < _headers.Count; i++)
        {
            if (!_headers.Components[i].IsComplete)
            {
                return false;
            }
        }

        return _headers.Count > 0;
    }

    private readonly string? Missing()
    {
        for (int i = 0; i < _headers.Count; i++)
        {
            if (_headers.Components[i].Missing[0] == JpegComponent.Unseen)
            {
                return "a part of its picture data is missing";
            }
        }

        return _headers.Count == 0 ? "it has no picture" : null;
    }

    /// <summary>Runs over the data behind a scan's header.</summary>
    /// <param name="content">The header.</param>
    /// <param name="at">Behind it; set to the marker behind the data, or to where the data ends if none comes soon.</param>
    private readonly string? RunScan(scoped ReadOnlySpan<byte> content, ref byte* at)
    {
        JpegComponent** components = stackalloc JpegComponent*[JpegHeaders.MostComponents];
        int count = _headers.ReadScan(content, components, out JpegScan scan);
        if (count == 0)
        {
            return "a scan's header is damaged";
        }

        string? damage = RunIntervals(scan, components, count, ref at);
        for (int i = 0; i < count && damage is null; i++)
        {
            for (int k = scan.First; k <= scan.Last; k++)
            {
                components[i]->Missing[k] = (byte)scan.Low;
            }
        }

        return damage;
    }

    /// <summary>The parts between restart markers; without them, one.</summary>
    private readonly string? RunIntervals(JpegScan scan, JpegComponent** components, int count, ref byte* at)
    {
        int total = count == 1 ? components[0]->BlocksAcross * components[0]->BlocksDown : _headers.McusAcross * _headers.McusDown;
        int interval = _headers.RestartInterval == 0 ? total : _headers.RestartInterval;
        int restarts = 0;
        for (int done = 0; done < total; restarts++)
        {
            int until = Math.Min(total, done + interval);
            var bits = new JpegBits(at, _end);
            if (!RunMcus(ref bits, scan, components, count, done, until))
            {
                return bits.IsOverdrawn ? "a part of its picture data is missing" : "its picture data is destroyed";
            }

            done = until;
            if (_headers.IsProgressive && !bits.AreFilledWithOnes)
            {
                return "its picture data is destroyed";
            }

            byte* marker = bits.FindMarker(out int left);
            bool isLast = done == total;
            if (isLast && (marker == _end || (left > MostPadding && marker[1] is not (JpegMarkers.EndOfImage or (>= 0xD0 and <= 0xD7)))))
            {
                at = bits.Position; // a trailer of somebody's own, or nothing, where the end marker should be
                return null;
            }

            if (left > (_headers.IsProgressive ? 0 : MostPadding))
            {
                return "its picture data is destroyed";
            }

            if (!isLast && (marker == _end || marker[1] != 0xD0 + (restarts & 7)))
            {
                return "a part of its picture data is missing";
            }

            at = isLast ? marker : marker + 2;
        }

        return null;
    }

    private readonly bool RunMcus(ref JpegBits bits, JpegScan scan, JpegComponent** components, int count, int from, int until)
    {
        int empty = 0;
        for (int i = 0; i < count; i++)
        {
            components[i]->Dc = 0;
        }

        for (int mcu = from; mcu < until; mcu++)
        {
            for (int i = 0; i < count; i++)
            {
                JpegComponent* component = components[i];
                for (int block = count == 1 ? 1 : component->Across * component->Down; block > 0; block--)
                {
                    if (!RunBlock(ref bits, component, scan, mcu, ref empty))
                    {
                        return false;
                    }
                }
            }

            if (bits.IsOverdrawn)
            {
                return false;
            }
        }

        return empty == 0;
    }

    /// <param name="bits">The data.</param>
    /// <param name="component">Whose block.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="block">Which block; counts only for coefficients of progressive pictures, whose scans are of one component.</param>
    /// <param name="empty">Blocks that have no more.</param>
    private readonly bool RunBlock(ref JpegBits bits, JpegComponent* component, in JpegScan scan, int block, ref int empty)
    {
        if (!_headers.IsProgressive)
        {
            return bits.RunBlock(component, _headers.Tables + component->DcTable, _headers.Tables + component->AcTable);
        }

        if (scan.First == 0)
        {
            return scan.High == 0
                ? JpegBlocks.RunDc(ref bits, ref *component, ref _headers.Tables[component->DcTable], scan.Low)
                : bits.Take(1) >= 0;
        }

        ref ulong nonZero = ref component->NonZero[(block / component->BlocksAcross * component->Stride) + (block % component->BlocksAcross)];
        ref HuffmanTable table = ref _headers.Tables[component->AcTable];
        return scan.High == 0
            ? JpegBlocks.RunAc(ref bits, ref *component, ref table, scan, ref nonZero, ref empty)
            : JpegBlocks.RunAcRefinement(ref bits, ref table, scan, ref nonZero, ref empty);
    }
}
