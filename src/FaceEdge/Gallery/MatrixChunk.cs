using System.Runtime.InteropServices;

namespace FaceEdge.Gallery;

/// <summary>
/// Room for 8,192 rows in native memory: their floats, their 4-bit codes with what bounds them (<see cref="NibbleCode"/>), and a
/// sequence number for each block of 64 rows. Rows are written by one writer at a time and read by anybody who checks the sequence.
/// </summary>
internal sealed unsafe partial class MatrixChunk
{
    /// <summary>Rows of a chunk: 2 MiB of codes at 512 numbers, one huge page, and a fair share of work for a core.</summary>
    public const int Rows = 8192;

    /// <summary>Rows of a block: small enough (16 KiB of codes at 512 numbers) that reading one again costs a microsecond.</summary>
    public const int BlockRows = 64;

    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of sys/mman.h

    private const int PopulateForWriting = 23; // MADV_POPULATE_WRITE, since Linux 5.14

    private readonly byte* _memory;
    private readonly nuint _bytes;

    /// <summary>Takes the memory; the system gives it page by page as rows are written.</summary>
    /// <param name="layout">The rows' layout.</param>
    /// <param name="huge">Asks for pages of 2 MiB: a scan of many chunks walks through few of them. Not for a gallery of a few people.</param>
    public MatrixChunk(RowLayout layout, bool huge)
    {
        nuint codes = (nuint)Rows * (nuint)layout.CodeBytes;
        nuint bounds = Rows * sizeof(float);
        nuint bytes = codes + (4 * bounds) + ((nuint)Rows * (nuint)layout.Stride * sizeof(float));
        _bytes = bytes = (bytes + HugePage - 1) / HugePage * HugePage;
        _memory = (byte*)NativeMemory.AlignedAlloc(bytes, HugePage);
        if (huge)
        {
            _ = Advise(_memory, bytes, AdviseHugePages); // Only advice: a kernel without huge pages refuses, and all works as well.
        }

        byte* next = _memory;
        Codes = next;
        Scales = (float*)(next += codes);
        Norms = (float*)(next += bounds);
        Residuals = (float*)(next += bounds);
        Tails = (float*)(next += bounds);
        Floats = (float*)(next + bounds);
    }

    /// <summary>One number a block: odd while one of its rows is being written, higher after each write.</summary>
    public int[] Sequences { get; } = new int[Rows / BlockRows];

    /// <summary>The codes, <see cref="RowLayout.CodeBytes"/> a row.</summary>
    public byte* Codes { get; }

    /// <summary>What one level of a row's code stands for.</summary>
    public float* Scales { get; }

    /// <summary>The rows' lengths, or more.</summary>
    public float* Norms { get; }

    /// <summary>The lengths of what the codes lose, or more.</summary>
    public float* Residuals { get; }

    /// <summary>The numbers that have no code; 0 when all have.</summary>
    public float* Tails { get; }

    /// <summary>The rows themselves, <see cref="RowLayout.Stride"/> apart, each at a multiple of 64 bytes.</summary>
    public float* Floats { get; }

    /// <summary>Has the system hand out all pages now. Rows may be written meanwhile.</summary>
    public void Populate()
    {
        // Huge page by huge page: whoever maps memory meanwhile (models are being loaded) waits for no more than one. A kernel that does
        // not know this advice refuses, and the pages come as rows are written.
        for (nuint offset = 0; offset < _bytes; offset += HugePage)
        {
            if (Advise(_memory + offset, HugePage, PopulateForWriting) != 0)
            {
                return;
            }
        }
    }

    /// <summary>Gives the memory back. Nobody may read any more.</summary>
    public void Free() => NativeMemory.AlignedFree(_memory);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}

/// <summary>How the rows of a matrix lie in memory.</summary>
internal readonly struct RowLayout(int dimensions)
{
    /// <summary>Numbers in a row.</summary>
    public int Dimensions { get; } = dimensions;

    /// <summary>Numbers from one row to the next: whole cache lines of 16.</summary>
    public int Stride { get; } = (dimensions + 15) / 16 * 16;

    /// <summary>Numbers of a row that have a code, the first ones.</summary>
    public int Coded { get; } = NibbleCode.CodedLength(dimensions);

    /// <summary>Vectors of 16 bytes in a row's code.</summary>
    public int Vectors { get; } = NibbleCode.Vectors(NibbleCode.CodedLength(dimensions));

    /// <summary>Bytes of a row's code.</summary>
    public int CodeBytes => Vectors * 16;
}
