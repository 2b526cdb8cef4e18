using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FaceEdge.Imaging;

/// <summary>What the segments of a JPEG say about the data of its scans: frame, tables, restart interval (ITU-T T.81, B.2). Memory is the owner's.</summary>
/// <param name="tables">Room for 4 Huffman tables of first coefficients, and 4 of the others.</param>
/// <param name="quantisers">Room for 4 tables of 64.</param>
/// <param name="components">Room for <see cref="MostComponents"/>.</param>
internal unsafe ref struct JpegHeaders(HuffmanTable* tables, ushort* quantisers, JpegComponent* components)
{
    internal const int MostComponents = 4;

    private NativeBuffers.Block _nonZero;

    /// <summary>The Huffman tables, those of first coefficients first.</summary>
    internal readonly HuffmanTable* Tables => tables;

    /// <summary>The components, in the order of the frame's header.</summary>
    internal readonly JpegComponent* Components => components;

    /// <summary>How many components there are; 0 before the frame's header.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether the frame is progressive.</summary>
    internal bool IsProgressive { get; private set; }

    /// <summary>MCUs side by side, and one below the other.</summary>
    internal int McusAcross { get; private set; }

    /// <summary>MCUs one below the other.</summary>
    internal int McusDown { get; private set; }

    /// <summary>MCUs between two restart markers; 0 for none.</summary>
    internal int RestartInterval { get; private set; }

    /// <summary>Sets what holds where nothing is said: the standard Huffman tables, as in the frames of a motion JPEG.</summary>
    internal readonly void Begin()
    {
        new Span<ushort>(quantisers, 4 * 64).Clear();
        for (int i = 0; i < 8; i++)
        {
            tables[i].Set(HuffmanTable.Standard(ac: i >= 4, chrominance: i % 4 != 0));
        }
    }

    /// <summary>Gives the memory of a progressive picture back.</summary>
    internal readonly void End()
    {
        if (_nonZero.Address != 0)
        {
            NativeBuffers.Return(_nonZero);
        }
    }

    /// <summary>Takes what a segment says.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    internal string? Read(byte marker, scoped ReadOnlySpan<byte> content) => marker switch
    {
        0xDB => ReadQuantisers(content),
        0xC4 => ReadTables(content),
        0xC0 or 0xC1 or 0xC2 => ReadFrame(content, marker == 0xC2),
        0xDD => ReadInterval(content),
        _ => null,
    };

    /// <summary>Finds the components of a scan, and gives them the tables that it names.</summary>
    /// <param name="content">The scan's header.</param>
    /// <param name="chosen">Room for <see cref="MostComponents"/>.</param>
    /// <param name="scan">What of them the scan holds.</param>
    /// <returns>How many components it has; 0 when the header is damaged.</returns>
    internal readonly int ReadScan(scoped ReadOnlySpan<byte> content, JpegComponent** chosen, out JpegScan scan)
    {
        scan = new JpegScan(0, 63, 0, 0);
        int count = content.Length > 0 ? content[0] : 0;
        if (Count == 0 || count is 0 or > MostComponents || content.Length < 4 + (2 * count))
        {
            return 0;
        }

        for (int i = 0; i < count; i++)
        {
            int which = 0;
            while (which < Count && components[which].Id != content[1 + (2 * i)])
            {
                which++;
            }

            byte names = content[2 + (2 * i)];
            if (which == Count || (names >> 4) > 3 || (names & 15) > 3)
            {
                return 0;
            }

            JpegComponent* component = chosen[i] = components + which;
            (component->DcTable, component->AcTable) = (names >> 4, 4 + (names & 15));
            component->Limit(new ReadOnlySpan<ushort>(quantisers + (64 * component->Quantiser), 64));
        }

        if (IsProgressive)
        {
            ReadOnlySpan<byte> rest = content[(1 + (2 * count))..];
            scan = new JpegScan(rest[0], rest[1], rest[2] >> 4, rest[2] & 15);
        }

        return !IsProgressive || scan.IsPossible(count) ? count : 0;
    }

    private readonly string? ReadQuantisers(scoped ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            bool wide = content[0] >> 4 != 0;
            int length = wide ? 129 : 65;
            if ((content[0] & 15) > 3 || content.Length < length)
            {
                return "its quantisation tables are damaged";
            }

            ushort* table = quantisers + (64 * (content[0] & 15));
            for (int i = 0; i < 64; i++)
            {
                table[i] = wide ? BinaryPrimitives.ReadUInt16BigEndian(content[(1 + (2 * i))..]) : content[1 + i];
            }

            content = content[length..];
        }

        return null;
    }

    private readonly string? ReadTables(scoped ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            int kind = content[0] >> 4, number = content[0] & 15;
            int taken = kind > 1 || number > 3 ? -1 : tables[(4 * kind) + number].Set(content[1..]);
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
        if (content.Length < 2)
        {
            return "its restart interval is damaged";
        }

        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(content);
        return null;
    }

    private string? ReadFrame(scoped ReadOnlySpan<byte> content, bool progressive)
    {
        const string Damaged = "its frame header is damaged";
        if (Count != 0 || content.Length < 6 || content[5] is 0 or > MostComponents || content.Length < 6 + (3 * content[5]))
        {
            return Damaged;
        }

        IsProgressive = progressive;
        int height = BinaryPrimitives.ReadUInt16BigEndian(content[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
        int across = 1, down = 1;
        for (int i = 0; i < content[5]; i++)
        {
            byte sampling = content[7 + (3 * i)];
            ref JpegComponent component = ref components[i];
            component = default;
            (component.Id, component.Across, component.Down, component.Quantiser) =
                (content[6 + (3 * i)], sampling >> 4, sampling & 15, (byte)(content[8 + (3 * i)] & 3));
            if (component.Across is 0 or > 4 || component.Down is 0 or > 4)
            {
                return Damaged;
            }

            (across, down) = (Math.Max(across, component.Across), Math.Max(down, component.Down));
        }

        (Count, McusAcross, McusDown) = (content[5], Divide(width, 8 * across), Divide(height, 8 * down));
        long blocks = 0;
        for (int i = 0; i < Count; i++)
        {
            ref JpegComponent component = ref components[i];
            component.BlocksAcross = Divide(Divide(width * component.Across, across), 8);
            component.BlocksDown = Divide(Divide(height * component.Down, down), 8);
            component.Stride = McusAcross * component.Across;
            blocks += (long)component.Stride * McusDown * component.Down;
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
        for (int i = 0; i < Count; i++)
        {
            ref JpegComponent component = ref components[i];
            component.NonZero = next;
            next += (long)component.Stride * McusDown * component.Down;
        }
    }

    private static int Divide(int value, int by) => (value + by - 1) / by;
}
