using System.Buffers.Binary;
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

    private const int MostComponents = 4;

    private readonly byte* _file;
    private readonly byte* _end;
    private readonly HuffmanTable* _tables; // 4 for first coefficients, 4 for the others
    private readonly ushort* _quantisers; // 4 tables of 64
    private readonly JpegComponent* _components;
    private int _count;
    private bool _progressive;
    private int _mcusAcross, _mcusDown, _restartInterval;
    private NativeBuffers.Block _nonZero;

    private JpegPictureData(byte* file, int length, HuffmanTable* tables, ushort* quantisers, JpegComponent* components)
    {
        _file = file;
        _end = file + length;
        _tables = tables;
        _quantisers = quantisers;
        _components = components;
    }

    /// <summary>Checks a file that begins with SOI and whose frame is of one of these kinds.</summary>
    /// <param name="file">All of it.</param>
    [SkipLocalsInit]
    internal static JpegVerdict Check(ReadOnlySpan<byte> file)
    {
        HuffmanTable* tables = stackalloc HuffmanTable[8];
        ushort* quantisers = stackalloc ushort[4 * 64];
        JpegComponent* components = stackalloc JpegComponent[MostComponents];
        new Span<ushort>(quantisers, 4 * 64).Clear();
        for (int i = 0; i < 8; i++)
        {
            tables[i].Set(HuffmanTable.Standard(ac: i >= 4, chrominance: i % 4 != 0));
        }

        fixed (byte* start = file)
        {
            var data = new JpegPictureData(start, file.Length, tables, quantisers, components);
            try
            {
                return data.Run();
            }
            finally
            {
                if (data._nonZero.Address != 0)
                {
                    NativeBuffers.Return(data._nonZero);
                }
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

            if (JpegMarkers.StandsAlone(marker))
            {
                continue;
            }

            if (!JpegMarkers.TrySegment(ref at, _end, out ReadOnlySpan<byte> content))
            {
                break;
            }

            byte* before = at;
            string? damage = marker switch
            {
                0xDB => ReadQuantisers(content),
                0xC4 => ReadTables(content),
                0xC0 or 0xC1 or 0xC2 => ReadFrame(content, marker == 0xC2),
                0xDD => content.Length < 2 ? "its restart interval is cut" : ReadInterval(content),
                JpegMarkers.StartOfScan => RunScan(content, ref at),
                _ => null,
            };
            if (damage is not null)
            {
                return new JpegVerdict(damage, (int)(at - _file), false);
            }

            if (at == before || !IsWholeWithoutEnd(at))
            {
                continue;
            }

            return new JpegVerdict(null, (int)(at - _file), false);
        }

        return new JpegVerdict("the end of the file is missing", (int)(_end - _file), false);
    }

    /// <summary>Whether all of the picture came, and what comes now is the end of the file or no JPEG.</summary>
    private readonly bool IsWholeWithoutEnd(byte* at)
    {
        for (int i = 0; i < _count; i++)
        {
            if (!_components[i].IsComplete)
            {
                return false;
            }
        }

        byte* next = at;
        return !JpegMarkers.Next(ref next, _end, out _) || next - at > MostPadding + 2;
    }

    private readonly string? Missing()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_components[i].Missing[0] == JpegComponent.Unseen)
            {
                return "a part of its picture data is missing";
            }
        }

        return _count == 0 ? "it has no picture" : null;
    }

    private readonly string? ReadQuantisers(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            bool wide = content[0] >> 4 != 0;
            int length = wide ? 129 : 65;
            if ((content[0] & 15) > 3 || content.Length < length)
            {
                return "its quantisation tables are damaged";
            }

            ushort* table = _quantisers + (64 * (content[0] & 15));
            for (int i = 0; i < 64; i++)
            {
                table[i] = wide ? BinaryPrimitives.ReadUInt16BigEndian(content[(1 + (2 * i))..]) : content[1 + i];
            }

            content = content[length..];
        }

        return null;
    }

    private readonly string? ReadTables(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            int kind = content[0] >> 4, number = content[0] & 15;
            int taken = kind > 1 || number > 3 ? -1 : _tables[(4 * kind) + number].Set(content[1..]);
            if (taken < 0)
            {
                return "its Huffman tables are damaged";
            }

            content = content[(1 + taken)..];
        }

        return null;
    }

    private string? ReadInterval(scoped ReadOnlySpan<byte> content)
    {
        _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(content);
        return null;
    }

    private string? ReadFrame(scoped ReadOnlySpan<byte> content, bool progressive)
    {
        const string Damaged = "its frame header is damaged";
        if (_count != 0 || content.Length < 6 || content[5] is 0 or > MostComponents || content.Length < 6 + (3 * content[5]))
        {
            return Damaged;
        }

        _progressive = progressive;
        int height = BinaryPrimitives.ReadUInt16BigEndian(content[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
        int across = 1, down = 1;
        for (int i = 0; i < content[5]; i++)
        {
            byte sampling = content[7 + (3 * i)];
            ref JpegComponent component = ref _components[i];
            component = default;
            (component.Id, component.Across, component.Down, component.Quantiser) =
                (content[6 + (3 * i)], sampling >> 4, sampling & 15, (byte)(content[8 + (3 * i)] & 3));
            if (component.Across is 0 or > 4 || component.Down is 0 or > 4)
            {
                return Damaged;
            }

            (across, down) = (Math.Max(across, component.Across), Math.Max(down, component.Down));
        }

        (_count, _mcusAcross, _mcusDown) = (content[5], Divide(width, 8 * across), Divide(height, 8 * down));
        long blocks = 0;
        for (int i = 0; i < _count; i++)
        {
            ref JpegComponent component = ref _components[i];
            component.BlocksAcross = Divide(Divide(width * component.Across, across), 8);
            component.BlocksDown = Divide(Divide(height * component.Down, down), 8);
            component.Stride = _mcusAcross * component.Across;
            blocks += (long)component.Stride * _mcusDown * component.Down;
            for (int k = 0; k < 64; k++)
            {
                component.Missing[k] = JpegComponent.Unseen;
            }
        }

        if (progressive)
        {
            TakeMemory(blocks);
        }

        return null;
    }

    private void TakeMemory(long blocks)
    {
        _nonZero = NativeBuffers.Rent(sizeof(ulong) * blocks);
        var next = (ulong*)_nonZero.Address;
        Unsafe.InitBlockUnaligned(next, 0, checked((uint)(sizeof(ulong) * blocks)));
        for (int i = 0; i < _count; i++)
        {
            ref JpegComponent component = ref _components[i];
            component.NonZero = next;
            next += (long)component.Stride * _mcusDown * component.Down;
        }
    }

    private static int Divide(int value, int by) => (value + by - 1) / by;

    /// <summary>Runs over the data behind a scan's header.</summary>
    /// <param name="content">The header.</param>
    /// <param name="at">Behind it; set to the marker behind the data, or to where the data ends if none comes soon.</param>
    private string? RunScan(scoped ReadOnlySpan<byte> content, ref byte* at)
    {
        const string Damaged = "a scan's header is damaged";
        int count = content.Length > 0 ? content[0] : 0;
        if (_count == 0 || count is 0 or > MostComponents || content.Length < 4 + (2 * count))
        {
            return Damaged;
        }

        JpegComponent** components = stackalloc JpegComponent*[MostComponents];
        for (int i = 0; i < count; i++)
        {
            int which = 0;
            while (which < _count && _components[which].Id != content[1 + (2 * i)])
            {
                which++;
            }

            byte tables = content[2 + (2 * i)];
            if (which == _count || (tables >> 4) > 3 || (tables & 15) > 3)
            {
                return Damaged;
            }

            JpegComponent* component = components[i] = _components + which;
            (component->DcTable, component->AcTable) = (tables >> 4, 4 + (tables & 15));
            component->Limit(new ReadOnlySpan<ushort>(_quantisers + (64 * component->Quantiser), 64));
        }

        ReadOnlySpan<byte> rest = content[(1 + (2 * count))..];
        JpegScan scan = _progressive ? new JpegScan(rest[0], rest[1], rest[2] >> 4, rest[2] & 15) : new JpegScan(0, 63, 0, 0);
        if (_progressive && !scan.IsPossible(count))
        {
            return Damaged;
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
        int total = count == 1 ? components[0]->BlocksAcross * components[0]->BlocksDown : _mcusAcross * _mcusDown;
        int interval = _restartInterval == 0 ? total : _restartInterval;
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
            if (_progressive && !bits.AreFilledWithOnes)
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

            if (left > (_progressive ? 0 : MostPadding))
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
                ref JpegComponent component = ref *components[i];
                for (int block = count == 1 ? 1 : component.Across * component.Down; block > 0; block--)
                {
                    if (!RunBlock(ref bits, ref component, scan, mcu, ref empty))
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
    private readonly bool RunBlock(ref JpegBits bits, ref JpegComponent component, in JpegScan scan, int block, ref int empty)
    {
        if (!_progressive)
        {
            return JpegBlocks.RunDc(ref bits, ref component, ref _tables[component.DcTable], low: 0)
                && bits.RunCoefficients(_tables + component.AcTable, (ushort*)Unsafe.AsPointer(ref component.Energy[0]));
        }

        if (scan.First == 0)
        {
            return scan.High == 0
                ? JpegBlocks.RunDc(ref bits, ref component, ref _tables[component.DcTable], scan.Low)
                : bits.Take(1) >= 0;
        }

        ref ulong nonZero = ref component.NonZero[(block / component.BlocksAcross * component.Stride) + (block % component.BlocksAcross)];
        ref HuffmanTable table = ref _tables[component.AcTable];
        return scan.High == 0
            ? JpegBlocks.RunAc(ref bits, ref component, ref table, scan, ref nonZero, ref empty)
            : JpegBlocks.RunAcRefinement(ref bits, ref table, scan, ref nonZero, ref empty);
    }
}
