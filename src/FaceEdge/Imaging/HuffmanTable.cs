namespace FaceEdge.Imaging;

/// <summary>
/// A JPEG Huffman table (ITU-T T.81, annex C) made for running over coded data without decoding it: one look tells how many bits a code takes
/// together with the value behind it.
/// </summary>
internal unsafe struct HuffmanTable
{
    /// <summary>Codes of up to so many bits are found in one look.</summary>
    internal const int LookBits = 10;

    /// <summary>What <see cref="FindLong"/> gives for bits that are no code.</summary>
    internal const uint NoCode = 64 << 9 | 1 << 5; // more zeros than a block has places

    private const int LongestCode = 16;

    /// <summary>
    /// By the next <see cref="LookBits"/> bits: bits of code and value (5), bits of the value (4), zeros before it (4); 0 where the code is longer.
    /// </summary>
    internal fixed ushort Look[1 << LookBits];

    private fixed int _codesUpTo[LongestCode + 1]; // by length: the first code that is longer, left-aligned to 16 bits
    private fixed int _offset[LongestCode + 1]; // by length: index of a code's symbol less the code
    private fixed byte _symbols[256];

    /// <summary>Whether it was set.</summary>
    internal bool Exists { get; private set; }

    /// <summary>The standard table (annex K), which the frames of a motion JPEG leave out.</summary>
    /// <param name="ac">For the coefficients but the first.</param>
    /// <param name="chrominance">Of the colour components.</param>
    internal static ReadOnlySpan<byte> Standard(bool ac, bool chrominance) => (ac, chrominance) switch
    {
        (false, false) => [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        (false, true) => [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        (true, false) =>
        [
            0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D,
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08,
            0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
            0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
            0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
            0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6,
            0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
            0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
        ],
        _ =>
        [
            0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77,
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91,
            0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
            0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
            0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
            0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4,
            0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
            0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
        ],
    };

    /// <summary>Sets it from what a DHT segment holds: 16 numbers of codes by length, then their symbols.</summary>
    /// <returns>How many bytes that took; -1 when it is no table.</returns>
    internal int Set(ReadOnlySpan<byte> definition)
    {
        if (definition.Length < LongestCode)
        {
            return -1;
        }

        int count = 0;
        for (int i = 0; i < LongestCode; i++)
        {
            count += definition[i];
        }

        if (count > 256 || definition.Length < LongestCode + count)
        {
            return -1;
        }

        definition.Slice(LongestCode, count).CopyTo(new Span<byte>(System.Runtime.CompilerServices.Unsafe.AsPointer(ref _symbols[0]), 256));
        new Span<ushort>(System.Runtime.CompilerServices.Unsafe.AsPointer(ref Look[0]), 1 << LookBits).Clear();
        int code = 0, index = 0;
        for (int length = 1; length <= LongestCode; length++, code <<= 1)
        {
            _offset[length] = index - code;
            for (int n = definition[length - 1]; n > 0; n--, code++, index++)
            {
                if (code >= 1 << length)
                {
                    return -1; // more codes than there is room for
                }

                if (length <= LookBits)
                {
                    ushort entry = (ushort)Entry(length, _symbols[index]);
                    int first = code << (LookBits - length);
                    for (int i = 0; i < 1 << (LookBits - length); i++)
                    {
                        Look[first + i] = entry;
                    }
                }
            }

            _codesUpTo[length] = code << (LongestCode - length);
        }

        Exists = true;
        return LongestCode + count;
    }

    /// <summary>As an entry of <see cref="Look"/>, for a code of more than <see cref="LookBits"/> bits.</summary>
    /// <param name="bits">The next bits, left-aligned.</param>
    internal readonly uint FindLong(ulong bits)
    {
        int next = (int)(bits >> (64 - LongestCode));
        for (int length = LookBits + 1; length <= LongestCode; length++)
        {
            if (next < _codesUpTo[length])
            {
                return Entry(length, _symbols[(next >> (LongestCode - length)) + _offset[length]]);
            }
        }

        return NoCode;
    }

    /// <summary>The value behind a code (F.1.2.1): numbers that begin with a zero are negative.</summary>
    /// <param name="bits">The code and what follows, left-aligned.</param>
    /// <param name="entry">What was found for it.</param>
    internal static int Value(ulong bits, uint entry)
    {
        int size = (int)(entry >> 5) & 15;
        if (size == 0)
        {
            return 0;
        }

        ulong value = bits << ((int)(entry & 31) - size);
        int number = (int)(value >> (64 - size));
        return (long)value < 0 ? number : number - (1 << size) + 1;
    }

    private static uint Entry(int length, byte symbol) => (uint)(length + (symbol & 15)) | ((uint)(symbol & 15) << 5) | ((uint)(symbol >> 4) << 9);
}
